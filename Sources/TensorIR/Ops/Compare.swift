import Support

/// Compares two tensors element by element; any comparison with NaN but `ne` is false.
public struct Compare: Operation {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case eq, ne, lt, le, gt, ge
  }
  public var kind: Kind
  public init(_ kind: Kind) { self.kind = kind }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    let word = try reader.symbol("is")
    guard let kind = Kind(rawValue: word) else {
      throw Diagnostic(.badData, "compare: no comparison '\(word)' (eq, ne, lt, le, gt, ge)")
    }
    self.kind = kind
  }

  public var mnemonic: String { "compare" }
  public var attributes: [Attribute] { [Attribute("is", .symbol(kind.rawValue))] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 2)
    if operands[0] != operands[1] { throw mismatch("operands differ: \(operands[0]) and \(operands[1])") }
    if operands[0].element == .bool { throw mismatch("takes numbers, found \(operands[0])") }
    return [operands[0].with(.bool)]
  }
}
