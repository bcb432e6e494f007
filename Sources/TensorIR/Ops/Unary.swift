import Glibc
import Support

/// One function applied to each element.
public struct Unary: Operation {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case neg, abs, sign, exp, log, sqrt, rsqrt, tanh, erf
    /// x·Φ(x), exact (erf) GELU.
    case gelu
    /// Its derivative Φ(x) + x·φ(x).
    case geluDerivative = "gelu_derivative"
    /// Logical not, of booleans.
    case not
  }
  public var kind: Kind
  public init(_ kind: Kind) { self.kind = kind }

  public var mnemonic: String { kind.rawValue }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    let element = operands[0].element
    switch kind {
    case .not:
      if element != .bool { throw mismatch("takes bool, found \(operands[0])") }
    case .neg, .abs, .sign:
      if element == .bool { throw mismatch("takes numbers, found \(operands[0])") }
    case .exp, .log, .sqrt, .rsqrt, .tanh, .erf, .gelu, .geluDerivative:
      if !element.isFloat { throw mismatch("takes floating point, found \(operands[0])") }
    }
    return operands
  }
}

extension Unary.Kind {
  /// The function in f64; a boolean is 0 or 1. NaN gives NaN.
  public func callAsFunction(_ x: Double) -> Double {
    switch self {
    case .neg: -x
    case .abs: Swift.abs(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .exp: Glibc.exp(x)
    case .log: Glibc.log(x)
    case .sqrt: x.squareRoot()
    case .rsqrt: 1 / x.squareRoot()
    case .tanh: Glibc.tanh(x)
    case .erf: Glibc.erf(x)
    case .gelu: x * Self.normalCDF(x)
    case .geluDerivative: Self.normalCDF(x) + x * Self.normalDensity(x)
    case .not: x == 0 ? 1 : 0
    }
  }

  /// Φ, the cumulative distribution of the standard normal.
  private static func normalCDF(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }
  /// φ, its density.
  private static func normalDensity(_ x: Double) -> Double { 0.398942280401432677939946 * Glibc.exp(-0.5 * x * x) }

  /// How much an element takes, by the instructions it is made of.
  public enum Expense: Hashable, Sendable {
    /// One instruction or two on bits.
    case simple
    case root
    /// A root and a division.
    case reciprocalRoot
    /// A polynomial, and what prepares it.
    case transcendental
    /// Several of these.
    case composite
  }

  public var expense: Expense {
    switch self {
    case .neg, .abs, .sign, .not: .simple
    case .sqrt: .root
    case .rsqrt: .reciprocalRoot
    case .exp, .log, .tanh, .erf: .transcendental
    case .gelu, .geluDerivative: .composite
    }
  }
}
