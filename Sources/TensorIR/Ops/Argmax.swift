import Support

/// The index (i32) of the largest element of the last axis, the first of equals; the axis disappears.
public struct Argmax: Operation {
  public init() {}
  public var mnemonic: String { "argmax" }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    if operands[0].rank == 0 || !operands[0].element.isFloat {
      throw mismatch("takes floats of rank ≥ 1, found \(operands[0])")
    }
    return [TensorType(.i32, operands[0].shape.dropLast())]
  }
}
