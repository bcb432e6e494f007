import TensorIR

extension Kernel {
  /// The streams of its dropouts, each once, in order.
  public var streams: [Int] {
    var result: [Int] = []
    for stream in dropouts.map(\.stream) where !result.contains(stream) { result.append(stream) }
    return result
  }

  /// The same kernel with the positions in `streams` for streams: equal for kernels that differ in nothing else.
  public var withNumberedStreams: Kernel {
    let streams = streams
    func numbered(_ op: Dropout) -> Dropout { Dropout(rate: op.rate, stream: streams.firstIndex(of: op.stream)!) }
    func numbered(_ loop: LoopKernel) -> LoopKernel {
      var result = loop
      for (index, instruction) in loop.body.enumerated() {
        guard case .dropout(let value, let seed, let op, let strides) = instruction else { continue }
        result.body[index] = .dropout(value: value, seed: seed, numbered(op), strides: strides)
      }
      return result
    }
    switch self {
    case .loop(let loop): return .loop(numbered(loop))
    case .product(var product):
      if let epilogue = product.epilogue { product.epilogue!.loop = numbered(epilogue.loop) }
      return .product(product)
    case .attention(var attention):
      if let op = attention.op.dropout { attention.op.dropout = numbered(op) }
      return .attention(attention)
    case .pack, .scatter, .sort, .argmax, .crossEntropy: return self
    }
  }

  private var dropouts: [Dropout] {
    switch self {
    case .loop(let loop): loop.dropouts
    case .product(let product): product.epilogue?.loop.dropouts ?? []
    case .attention(let attention): attention.op.dropout.map { [$0] } ?? []
    case .pack, .scatter, .sort, .argmax, .crossEntropy: []
    }
  }
}

extension LoopKernel {
  fileprivate var dropouts: [Dropout] {
    body.compactMap { if case .dropout(_, _, let op, _) = $0 { op } else { nil } }
  }
}
