import Support

/// The operand itself, through which no gradient flows: its adjoint is zero. (The `[PAD]` row of an embedding.)
public struct StopGradient: Operation {
  public init() {}
  public var mnemonic: String { "stop_gradient" }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    return operands
  }
}
