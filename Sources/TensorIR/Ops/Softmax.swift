import Support

/// exp(x − max x) / Σ exp(x − max x) along the last axis.
public struct Softmax: Operation {
  public init() {}
  public var mnemonic: String { "softmax" }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    if operands[0].rank == 0 || !operands[0].element.isFloat {
      throw mismatch("takes floats of rank ≥ 1, found \(operands[0])")
    }
    return operands
  }
}
