import Support

/// Rows of the first operand chosen by the second (integers).
///
/// With b = `batchDims`, operand `[B…, R, D…]` and indices `[B…, I…]` (B… has b axes), the result is `[B…, I…, D…]`.
/// b = 0: embedding lookup; b = 1: masked gather of visible patches. An index outside `0 ..< R` is an error of the data:
/// execution clamps it.
public struct Gather: Operation {
  public var batchDims: Int
  public init(batchDims: Int) { self.batchDims = batchDims }
  public var mnemonic: String { "gather" }
  public var attributes: [Attribute] { [Attribute("batch_dims", .integer(batchDims))] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 2)
    let (data, indices) = (operands[0], operands[1])
    if !indices.element.isInteger { throw mismatch("indices must be integers, found \(indices)") }
    if batchDims < 0 || batchDims >= data.rank || batchDims > indices.rank
      || data.shape.prefix(batchDims) != indices.shape.prefix(batchDims)
    {
      throw mismatch("\(batchDims) batch axes do not fit \(data) and \(indices)")
    }
    return [TensorType(data.element, indices.shape + data.shape.dropFirst(batchDims + 1))]
  }
}
