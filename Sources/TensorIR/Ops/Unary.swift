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
