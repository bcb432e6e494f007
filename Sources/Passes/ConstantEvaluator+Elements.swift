import TensorIR

extension ConstantEvaluator {
  /// One element of an element-wise operation on operands of type `element`; nil if an integer leaves the exact range.
  static func elementwise(_ op: Op, _ x: [Double], _ element: ElementType) -> Double? {
    let value: Double
    switch op {
    case .unary(let op): value = op.kind(x[0])
    case .binary(let op): value = op.kind(x[0], x[1])
    case .compare(let op): return compare(op.kind, x[0], x[1]) ? 1 : 0
    case .select: return x[0] != 0 ? x[1] : x[2]
    case .convert(let op): return converted(x[0], to: op.element)
    case .constant, .iota, .broadcast, .reshape, .transpose, .slice, .concat, .pad, .reduce, .matmul, .gather,
      .scatterAdd,
      .argsort, .argmax, .softmax, .logSumExp, .dropout, .stopGradient, .attention,
      .attentionGradient, .layerNorm, .layerNormGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
      return nil
    }
    if element.isInteger && !(abs(value) < 0x1p31) { return nil }
    return value
  }

  private static func converted(_ x: Double, to element: ElementType) -> Double? {
    switch element {
    case .bool: return x != 0 ? 1 : 0
    case .i32, .i64: return abs(x) < 0x1p31 ? x.rounded(.towardZero) + 0 : nil
    case .f32, .bf16, .f64: return x
    }
  }

  private static func compare(_ kind: Compare.Kind, _ a: Double, _ b: Double) -> Bool {
    switch kind {
    case .eq: a == b
    case .ne: a != b
    case .lt: a < b
    case .le: a <= b
    case .gt: a > b
    case .ge: a >= b
    }
  }

  /// The nearest value of the type, ties to even.
  static func round(_ value: Double, _ element: ElementType) -> Double {
    switch element {
    case .f64, .bool, .i32, .i64: return value
    case .f32: return Double(Float(value))
    case .bf16:
      let single = Float(value)
      if !single.isFinite { return Double(single) }
      let bits = single.bitPattern
      return Double(Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000))
    }
  }
}
