import Support
import TensorIR

/// Rows chosen by indices, and the random choice of elements.
extension Interpreter {
  static func gather(_ op: Gather, _ data: HostTensor, _ indices: HostTensor, _ type: TensorType) -> HostTensor {
    let rows = Rows(batchDims: op.batchDims, data: data.type, indices: indices)
    func pick<T>(_ values: [T]) -> [T] {
      var result: [T] = []
      result.reserveCapacity(type.count)
      for start in rows.starts { result.append(contentsOf: values[start..<start + rows.length]) }
      return result
    }
    switch data.elements {
    case .reals(let values): return HostTensor(type, pick(values))
    case .integers(let values): return HostTensor(type, pick(values))
    }
  }

  static func scatterAdd(_ op: ScatterAdd, _ updates: HostTensor, _ indices: HostTensor, _ type: TensorType)
    -> HostTensor
  {
    let rows = Rows(batchDims: op.batchDims, data: type, indices: indices)
    func accumulate<T>(_ values: [T], _ zero: T, _ add: (T, T) -> T) -> [T] {
      var result = [T](repeating: zero, count: type.count)
      for (row, start) in rows.starts.enumerated() {
        for i in 0..<rows.length { result[start + i] = add(result[start + i], values[row * rows.length + i]) }
      }
      return result
    }
    switch updates.elements {
    case .reals(let values): return HostTensor(type, accumulate(values, 0, +))
    case .integers(let values):
      return HostTensor(type, accumulate(values, 0) { Rounding.wrap($0 &+ $1, to: type.element) })
    }
  }

  static func dropout(_ op: Dropout, _ x: HostTensor, seed: HostTensor) -> HostTensor {
    if op.rate == 0 { return x }
    let key = seed.integers[0]
    let scale = 1 / (1 - op.rate)
    return HostTensor(
      x.type,
      x.reals.enumerated().map { index, value in
        Philox.dropoutBits(index: index, stream: op.stream, seed: key) >= op.threshold ? value * scale : 0
      })
  }

  /// Where each index points to in the data: the start of its row, in elements; indices are clamped.
  private struct Rows {
    /// Elements per row.
    let length: Int
    let starts: [Int]

    init(batchDims: Int, data: TensorType, indices: HostTensor) {
      let rows = data.shape[batchDims]
      let length = data.shape.dropFirst(batchDims + 1).reduce(1, *)
      let perBatch = indices.type.shape.dropFirst(batchDims).reduce(1, *)
      starts = indices.integers.enumerated().map { place, index in
        (place / perBatch * rows + Int(min(max(index, 0), Int64(rows - 1)))) * length
      }
      self.length = length
    }
  }
}
