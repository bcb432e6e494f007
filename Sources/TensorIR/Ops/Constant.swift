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
    case .integer(let x)?: value = .splat(try Self.exact(x))
    case .real(let x)?: value = .splat(x)
    case .bool(let x)?: value = .splat(x ? 1 : 0)
    case .integers(let list)?:
      var numbers: [Double] = []
      for x in list { numbers.append(try Self.exact(x)) }
      value = .dense(numbers)
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
    let numbers =
      switch value {
      case .splat(let x): [x]
      case .dense(let list): list
      }
    if let wrong = numbers.first(where: { !Self.holds($0, type.element) }) {
      throw mismatch("\(wrong) is not a value of \(type.element.rawValue)")
    }
    return [type]
  }

  /// Numbers are kept as f64, which holds whole ones up to 2^53.
  private static func exact(_ number: Int) throws(Diagnostic) -> Double {
    if abs(Double(number)) <= 0x1p53, Int(Double(number)) == number { return Double(number) }
    throw Diagnostic(.badData, "constant: \(number) is beyond 2^53")
  }

  /// Whether a type has the value.
  private static func holds(_ x: Double, _ element: ElementType) -> Bool {
    switch element {
    case .f32, .f64, .bf16: true
    case .i32: Int32(exactly: x) != nil
    case .i64: Int64(exactly: x) != nil && abs(x) <= 0x1p53
    case .bool: x == 0 || x == 1
    }
  }
}
