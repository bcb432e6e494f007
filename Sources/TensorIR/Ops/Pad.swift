import Support

/// Surrounds a tensor with zeros: `low` before and `high` after each axis, `interior` between neighbours
/// (the adjoint of `slice`).
public struct Pad: Operation {
  public var low: [Int]
  public var high: [Int]
  public var interior: [Int]

  /// `interior` is 0 everywhere unless given.
  public init(low: [Int], high: [Int], interior: [Int]? = nil) {
    self.low = low
    self.high = high
    self.interior = interior ?? low.map { _ in 0 }
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    let low = try reader.integers("low")
    let high = try reader.integers("high")
    let interior = try reader.optionalIntegers("interior")
    self.init(low: low, high: high, interior: interior)
  }

  public var mnemonic: String { "pad" }
  public var attributes: [Attribute] {
    let edges = [Attribute("low", .integers(low)), Attribute("high", .integers(high))]
    return interior.allSatisfy { $0 == 0 } ? edges : edges + [Attribute("interior", .integers(interior))]
  }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    let operand = operands[0]
    if low.count != operand.rank || high.count != operand.rank || interior.count != operand.rank {
      throw mismatch("needs low, high and interior for each axis of \(operand)")
    }
    if (low + high + interior).contains(where: { $0 < 0 }) { throw mismatch("amounts must not be negative") }
    if (low + high + interior).contains(where: { $0 > 1 << 24 }) { throw mismatch("amounts must not exceed 2^24") }
    var shape: [Int] = []
    for axis in operand.shape.indices {
      let (gaps, overflow) = (operand.shape[axis] - 1).multipliedReportingOverflow(by: interior[axis])
      if overflow || gaps > 1 << 48 { throw mismatch("the result is too large") }
      shape.append(low[axis] + high[axis] + operand.shape[axis] + gaps)
    }
    return [TensorType(operand.element, shape)]
  }
}
