import Support

/// The indices (i32) that sort the last axis in ascending order; equal elements keep their order (stable).
public struct Argsort: Operation {
  public init() {}
  public var mnemonic: String { "argsort" }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    if operands[0].rank == 0 || operands[0].element == .bool { throw mismatch("cannot sort \(operands[0])") }
    return [operands[0].with(.i32)]
  }
}
