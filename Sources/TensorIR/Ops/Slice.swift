import Support

/// The box `start ..< limit` of each axis, every `step`-th element.
public struct Slice: Operation {
  public var start: [Int]
  public var limit: [Int]
  public var step: [Int]

  /// `step` is 1 everywhere unless given.
  public init(start: [Int], limit: [Int], step: [Int]? = nil) {
    self.start = start
    self.limit = limit
    self.step = step ?? start.map { _ in 1 }
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    let start = try reader.integers("start")
    let limit = try reader.integers("limit")
    let step = try reader.optionalIntegers("step")
    self.init(start: start, limit: limit, step: step)
  }

  public var mnemonic: String { "slice" }
  public var attributes: [Attribute] {
    let box = [Attribute("start", .integers(start)), Attribute("limit", .integers(limit))]
    return step.allSatisfy { $0 == 1 } ? box : box + [Attribute("step", .integers(step))]
  }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    let operand = operands[0]
    if start.count != operand.rank || limit.count != operand.rank || step.count != operand.rank {
      throw mismatch("needs a start, limit and step for each axis of \(operand)")
    }
    var shape: [Int] = []
    for axis in 0..<operand.rank {
      if start[axis] < 0 || limit[axis] > operand.shape[axis] || start[axis] >= limit[axis] || step[axis] < 1 {
        throw mismatch("\(start[axis])..<\(limit[axis]) step \(step[axis]) is not within axis \(axis) of \(operand)")
      }
      shape.append((limit[axis] - start[axis] - 1) / step[axis] + 1)
    }
    return [TensorType(operand.element, shape)]
  }
}
