import Support

/// Each element is its own index along `axis`.
public struct Iota: Operation {
  public var axis: Int
  public var type: TensorType

  public init(axis: Int, _ type: TensorType) {
    self.axis = axis
    self.type = type
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    axis = try reader.integer("axis")
    type = try reader.resultType()
  }

  public var mnemonic: String { "iota" }
  public var attributes: [Attribute] { [Attribute("axis", .integer(axis))] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 0)
    try expect(axis: axis, of: type)
    if !type.element.isInteger { throw mismatch("counts in integers, not \(type.element.rawValue)") }
    return [type]
  }
}
