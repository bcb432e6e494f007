import Support

/// A tensor known at compile time: one value everywhere, or every element given in row-major order.
public struct Constant: Operation {
  public enum Value: Hashable, Sendable {
    case splat(Double)
    case dense([Double])
  }
  public var value: Value
  public var type: TensorType

  public init(_ value: Value, _ type: TensorType) {
    self.value = value
    self.type = type
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    type = try reader.resultType()
    switch reader.take("value") {
    case .integer(let x)?: value = .splat(Double(x))
    case .real(let x)?: value = .splat(x)
    case .bool(let x)?: value = .splat(x ? 1 : 0)
    case .integers(let list)?: value = .dense(list.map(Double.init))
    case .reals(let list)?: value = .dense(list)
    default: throw Diagnostic(.badData, "constant: attribute 'value' must be a number or a list of numbers")
    }
  }

  public var mnemonic: String { "constant" }

  public var attributes: [Attribute] {
    switch value {
    case .splat(let x):
      if let number = integer(x) { return [Attribute("value", .integer(number))] }
      return [Attribute("value", .real(x))]
    case .dense(let list):
      let numbers = list.compactMap(integer)
      return [Attribute("value", numbers.count == list.count ? .integers(numbers) : .reals(list))]
    }
  }

  /// The integer that `x` is exactly, for types that hold no fractions.
  private func integer(_ x: Double) -> Int? {
    guard !type.element.isFloat, let number = Int(exactly: x), Double(number).bitPattern == x.bitPattern else {
      return nil
    }
    return number
  }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 0)
    if case .dense(let list) = value, list.count != type.count {
      throw mismatch("\(type) has \(type.count) elements, \(list.count) are given")
    }
    return [type]
  }
}
