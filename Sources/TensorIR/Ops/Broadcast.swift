import Support

/// Repeats a tensor: operand axis i is result axis `axes[i]` (ascending), and operand sizes of 1 repeat too.
public struct Broadcast: Operation {
  public var shape: [Int]
  public var axes: [Int]

  public init(shape: [Int], axes: [Int]) {
    self.shape = shape
    self.axes = axes
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    axes = try reader.integers("axes")
    shape = try reader.resultType().shape
  }

  public var mnemonic: String { "broadcast" }
  public var attributes: [Attribute] { [Attribute("axes", .integers(axes))] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    let operand = operands[0]
    let result = TensorType(operand.element, shape)
    if axes.count != operand.rank { throw mismatch("\(operand) needs \(operand.rank) axes, \(axes.count) are given") }
    for (i, axis) in axes.enumerated() {
      try expect(axis: axis, of: result)
      if i > 0 && axes[i - 1] >= axis { throw mismatch("axes must ascend, found \(axes)") }
      if operand.shape[i] != shape[axis] && operand.shape[i] != 1 {
        throw mismatch("axis \(i) of \(operand) does not fit axis \(axis) of \(result)")
      }
    }
    return [result]
  }
}
