import Glibc
import TensorIR

extension ConstantEvaluator {
  /// One element of an element-wise operation on operands of type `element`; nil if an integer leaves the exact range.
  static func elementwise(_ op: Op, _ x: [Double], _ element: ElementType) -> Double? {
    let value: Double
    switch op {
    case .unary(let op): value = unary(op.kind, x[0])
    case .binary(let op): value = binary(op.kind, x[0], x[1])
    case .compare(let op): return compare(op.kind, x[0], x[1]) ? 1 : 0
    case .select: return x[0] != 0 ? x[1] : x[2]
    case .convert(let op): return converted(x[0], to: op.element)
    case .constant, .iota, .broadcast, .reshape, .transpose, .slice, .concat, .pad, .reduce, .matmul, .gather,
      .scatterAdd,
      .argsort, .argmax, .softmax, .logSumExp, .dropout, .stopGradient, .attention,
      .attentionGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
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

  private static func unary(_ kind: Unary.Kind, _ x: Double) -> Double {
    switch kind {
    case .neg: -x
    case .abs: Swift.abs(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .exp: Glibc.exp(x)
    case .log: Glibc.log(x)
    case .sqrt: x.squareRoot()
    case .rsqrt: 1 / x.squareRoot()
    case .tanh: Glibc.tanh(x)
    case .erf: Glibc.erf(x)
    case .gelu: x * normalCDF(x)
    case .geluDerivative: normalCDF(x) + x * Glibc.exp(-0.5 * x * x) * 0.398942280401432677939946
    case .not: x == 0 ? 1 : 0
    }
  }

  /// Φ, the cumulative distribution of the standard normal.
  private static func normalCDF(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }

  private static func binary(_ kind: Binary.Kind, _ a: Double, _ b: Double) -> Double {
    switch kind {
    case .add: a + b
    case .sub: a - b
    case .mul: a * b
    case .div: a / b
    case .max: a.isNaN ? a : b.isNaN ? b : Swift.max(a, b)
    case .min: a.isNaN ? a : b.isNaN ? b : Swift.min(a, b)
    case .and: a != 0 && b != 0 ? 1 : 0
    case .or: a != 0 || b != 0 ? 1 : 0
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
