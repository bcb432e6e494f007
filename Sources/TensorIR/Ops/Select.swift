import Support

/// Where the first operand (bool) holds, the element of the second, else that of the third.
public struct Select: Operation {
  public init() {}
  public var mnemonic: String { "select" }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 3)
    if operands[1] != operands[2] { throw mismatch("choices differ: \(operands[1]) and \(operands[2])") }
    if operands[0] != operands[1].with(.bool) {
      throw mismatch("condition is \(operands[0]), expected \(operands[1].with(.bool))")
    }
    return [operands[1]]
  }
}
