import TensorIR

/// The values of one function by their names in the text: dense numbers for most, words for the others.
struct ValueNames {
  private var numbered: [Int: ValueID] = [:]
  private var named: [String: ValueID] = [:]
  private(set) var names: [String] = []

  /// The number a name is, if it has digits only.
  static func number(_ name: String) -> Int? {
    var value = 0
    for byte in name.utf8 {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), value < 1 << 40 else { return nil }
      value = value * 10 + Int(byte &- UInt8(ascii: "0"))
    }
    return value
  }

  subscript(name: String) -> ValueID? {
    if let number = Self.number(name) { return numbered[number] }
    return named[name]
  }

  /// False if the name is taken.
  mutating func define(_ name: String, as value: ValueID) -> Bool {
    if let number = Self.number(name) { return numbered.updateValue(value, forKey: number) == nil }
    names.append(name)
    return named.updateValue(value, forKey: name) == nil
  }
}
