import Support

/// log Σ exp(x) along the last axis, which disappears; safe against overflow.
public struct LogSumExp: Operation {
  public init() {}
  public var mnemonic: String { "log_sum_exp" }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    if operands[0].rank == 0 || !operands[0].element.isFloat {
      throw mismatch("takes floats of rank ≥ 1, found \(operands[0])")
    }
    return [TensorType(operands[0].element, operands[0].shape.dropLast())]
  }
}
