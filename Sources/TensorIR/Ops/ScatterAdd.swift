import Support

/// The adjoint of `gather`: starts from zeros of the given shape and adds each row of the updates (operand 0) at its
/// index (operand 1); repeated indices accumulate, in ascending order of position.
public struct ScatterAdd: Operation {
  public var batchDims: Int
  public var shape: [Int]

  public init(batchDims: Int, shape: [Int]) {
    self.batchDims = batchDims
    self.shape = shape
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    batchDims = try reader.integer("batch_dims")
    shape = try reader.resultType().shape
  }

  public var mnemonic: String { "scatter_add" }
  public var attributes: [Attribute] { [Attribute("batch_dims", .integer(batchDims))] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 2)
    let result = TensorType(operands[0].element, shape)
    let updates = try Gather(batchDims: batchDims).infer([result, operands[1]])[0]
    if updates != operands[0] { throw mismatch("updates are \(operands[0]), expected \(updates)") }
    return [result]
  }
}
