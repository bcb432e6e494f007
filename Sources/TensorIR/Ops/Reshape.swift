import Support

/// The same elements in row-major order under another shape.
public struct Reshape: Operation {
  public var shape: [Int]
  public init(_ shape: [Int]) { self.shape = shape }
  public var mnemonic: String { "reshape" }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    let result = TensorType(operands[0].element, shape)
    if result.count != operands[0].count { throw mismatch("\(operands[0]) cannot become \(result): other size") }
    return [result]
  }
}
