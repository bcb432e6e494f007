import Support

/// One function of two tensors of the same type, element by element. Broadcasting is explicit (`broadcast`).
public struct Binary: Operation {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case add, sub, mul, div
    case max = "maximum"
    case min = "minimum"
    /// Logical, of booleans.
    case and, or
  }
  public var kind: Kind
  public init(_ kind: Kind) { self.kind = kind }

  public var mnemonic: String { kind.rawValue }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 2)
    if operands[0] != operands[1] { throw mismatch("operands differ: \(operands[0]) and \(operands[1])") }
    let element = operands[0].element
    switch kind {
    case .and, .or:
      if element != .bool { throw mismatch("takes bool, found \(operands[0])") }
    case .add, .sub, .mul, .max, .min:
      if element == .bool { throw mismatch("takes numbers, found \(operands[0])") }
    case .div:
      if !element.isFloat { throw mismatch("takes floating point, found \(operands[0])") }
    }
    return [operands[0]]
  }
}

extension Binary.Kind {
  /// The function in f64; a boolean is 0 or 1. NaN in either operand gives NaN.
  public func callAsFunction(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .sub: a - b
    case .mul: a * b
    case .div: a / b
    case .max: a.isNaN ? a : b.isNaN ? b : a > b ? a : b
    case .min: a.isNaN ? a : b.isNaN ? b : a < b ? a : b
    case .and: a != 0 && b != 0 ? 1 : 0
    case .or: a != 0 || b != 0 ? 1 : 0
    }
  }
}
