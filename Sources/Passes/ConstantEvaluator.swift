import TensorIR

/// Evaluates operations on constants: in f64, each result rounded to its type; what only moves elements leaves them as they are.
enum ConstantEvaluator {
  /// Lists of more elements are not made.
  static let sizeLimit = 4096

  /// The result of `type`, or nil if this operation or size is not evaluated here.
  static func evaluate(_ op: Op, _ operands: [Constant], _ type: TensorType, limit: Int = sizeLimit) -> Constant? {
    let splats = operands.compactMap { operand -> Double? in
      if case .splat(let value) = operand.value { return value }
      return nil
    }
    if splats.count == operands.count, let value = splat(op, splats, operands, type) {
      return Constant(.splat(op.movesElements ? value : round(value, type.element)), type)
    }
    guard type.count <= limit, operands.allSatisfy({ $0.type.count <= limit }) else { return nil }
    guard let list = dense(op, operands, type) else { return nil }
    return Constant(.dense(op.movesElements ? list : list.map { round($0, type.element) }), type)
  }

  /// Where all operands are splats and the result is one.
  private static func splat(_ op: Op, _ x: [Double], _ operands: [Constant], _ type: TensorType) -> Double? {
    switch op {
    case .unary, .binary, .compare, .select, .convert: return elementwise(op, x, operands[0].type.element)
    case .broadcast, .reshape, .transpose, .slice, .stopGradient: return x[0]
    case .concat: return x.allSatisfy { $0.bitPattern == x[0].bitPattern } ? x[0] : nil
    case .pad: return x[0] == 0 && x[0].sign == .plus ? 0 : nil
    case .reduce(let reduce):
      if reduce.kind == .max { return x[0] }
      let product = x[0] * Double(operands[0].type.count / type.count)
      return type.element.isFloat || abs(product) < 0x1p31 ? product : nil
    case .gather: return nil
    case .constant, .iota, .matmul, .scatterAdd, .argsort, .argmax, .softmax, .logSumExp, .dropout, .attention,
      .attentionGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
      return nil
    }
  }

  private static func dense(_ op: Op, _ operands: [Constant], _ type: TensorType) -> [Double]? {
    switch op {
    case .unary, .binary, .compare, .select, .convert:
      let lists = operands.map(\.list)
      let element = operands[0].type.element
      var result: [Double] = []
      result.reserveCapacity(type.count)
      for i in 0..<type.count {
        guard let value = elementwise(op, lists.map { $0[i] }, element) else { return nil }
        result.append(value)
      }
      return result
    case .reshape, .stopGradient: return operands[0].list
    case .broadcast(let op):
      let (shape, strides) = (operands[0].type.shape, operands[0].type.strides)
      return gathered(operands[0].list, type) { index in
        op.axes.indices.reduce(0) { $0 + (shape[$1] == 1 ? 0 : index[op.axes[$1]] * strides[$1]) }
      }
    case .transpose(let op):
      let strides = operands[0].type.strides
      return gathered(operands[0].list, type) { index in
        index.indices.reduce(0) { $0 + index[$1] * strides[op.permutation[$1]] }
      }
    case .slice(let op):
      let strides = operands[0].type.strides
      return gathered(operands[0].list, type) { index in
        index.indices.reduce(0) { $0 + (op.start[$1] + index[$1] * op.step[$1]) * strides[$1] }
      }
    case .reduce(let reduce):
      return type.element.isFloat ? reduced(reduce, operands[0], type) : nil
    case .concat, .pad, .gather, .constant, .iota, .matmul, .scatterAdd, .argsort, .argmax, .softmax, .logSumExp,
      .dropout, .attention, .attentionGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
      return nil
    }
  }

  /// The elements of a result of `type`, each taken from `source` at an offset that its index gives.
  private static func gathered(_ source: [Double], _ type: TensorType, _ offset: ([Int]) -> Int) -> [Double] {
    var index = [Int](repeating: 0, count: type.rank)
    return (0..<type.count).map { _ in
      defer { advance(&index, type.shape) }
      return source[offset(index)]
    }
  }

  private static func reduced(_ op: Reduce, _ operand: Constant, _ type: TensorType) -> [Double] {
    let kept = operand.type.shape.indices.filter { !op.axes.contains($0) }
    let strides = type.strides
    var result = [Double](repeating: op.kind == .sum ? 0 : -.infinity, count: type.count)
    var index = [Int](repeating: 0, count: operand.type.rank)
    for value in operand.list {
      let place = kept.indices.reduce(0) { $0 + index[kept[$1]] * strides[$1] }
      switch op.kind {
      case .sum: result[place] += value
      case .max: result[place] = value.isNaN || value > result[place] ? value : result[place]
      }
      advance(&index, operand.type.shape)
    }
    return result
  }

  private static func advance(_ index: inout [Int], _ shape: [Int]) {
    for axis in shape.indices.reversed() {
      index[axis] += 1
      if index[axis] < shape[axis] { return }
      index[axis] = 0
    }
  }
}

extension Constant {
  /// Every element, row-major.
  fileprivate var list: [Double] {
    switch value {
    case .splat(let value): [Double](repeating: value, count: type.count)
    case .dense(let list): list
    }
  }
}

extension Op {
  /// Whether every element of the result is an element of an operand, or zero.
  fileprivate var movesElements: Bool {
    switch self {
    case .broadcast, .reshape, .transpose, .slice, .concat, .pad, .gather, .select, .stopGradient: true
    case .constant, .iota, .unary, .binary, .compare, .convert, .reduce, .matmul, .scatterAdd, .argsort, .argmax,
      .softmax,
      .logSumExp, .dropout, .attention, .attentionGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
      false
    }
  }
}
