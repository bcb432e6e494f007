import Support

/// Reduces `axes` (ascending), which disappear from the shape.
public struct Reduce: Operation {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case sum, max
  }
  public var kind: Kind
  public var axes: [Int]

  public init(_ kind: Kind, axes: [Int]) {
    self.kind = kind
    self.axes = axes
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    let word = try reader.symbol("with")
    guard let kind = Kind(rawValue: word) else {
      throw Diagnostic(.badData, "reduce: no reduction '\(word)' (sum, max)")
    }
    self.kind = kind
    axes = try reader.integers("axes")
  }

  public var mnemonic: String { "reduce" }
  public var attributes: [Attribute] {
    [Attribute("with", .symbol(kind.rawValue)), Attribute("axes", .integers(axes))]
  }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    let operand = operands[0]
    if operand.element == .bool { throw mismatch("takes numbers, found \(operand)") }
    for (i, axis) in axes.enumerated() {
      try expect(axis: axis, of: operand)
      if i > 0 && axes[i - 1] >= axis { throw mismatch("axes must ascend, found \(axes)") }
    }
    return [TensorType(operand.element, operand.shape.indices.filter { !axes.contains($0) }.map { operand.shape[$0] })]
  }
}
