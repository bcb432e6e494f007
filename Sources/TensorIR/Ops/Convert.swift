import Support

/// Changes the element type: floats round to nearest even, float to integer truncates, bool is 0 or 1,
/// anything to bool is `≠ 0`.
public struct Convert: Operation {
  public var element: ElementType
  public init(_ element: ElementType) { self.element = element }
  public var mnemonic: String { "convert" }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    return [operands[0].with(element)]
  }
}
