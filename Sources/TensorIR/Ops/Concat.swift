import Support

/// Joins tensors along one axis.
public struct Concat: Operation {
  public var axis: Int
  public init(axis: Int) { self.axis = axis }
  public var mnemonic: String { "concat" }
  public var attributes: [Attribute] { [Attribute("axis", .integer(axis))] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    guard var result = operands.first else { throw mismatch("takes at least one operand") }
    try expect(axis: axis, of: result)
    for operand in operands.dropFirst() {
      var other = operand
      if other.rank != result.rank { throw mismatch("ranks differ: \(result) and \(operand)") }
      other.shape[axis] = result.shape[axis]
      if other != result { throw mismatch("operands differ off axis \(axis): \(result) and \(operand)") }
      result.shape[axis] += operand.shape[axis]
    }
    return [result]
  }
}
