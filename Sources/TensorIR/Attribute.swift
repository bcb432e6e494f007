import Support

/// The value of an operation's attribute or of a module option, as it stands in the text.
public enum AttributeValue: Hashable, Sendable {
  case integer(Int)
  case real(Double)
  case bool(Bool)
  case string(String)
  /// A bare word, such as `sum`.
  case symbol(String)
  case integers([Int])
  case reals([Double])
}

public struct Attribute: Hashable, Sendable {
  public var name: String
  public var value: AttributeValue

  public init(_ name: String, _ value: AttributeValue) {
    self.name = name
    self.value = value
  }
}

/// Hands an operation its attributes while it is parsed, and notices those it did not ask for.
public struct AttributeReader {
  private var remaining: [Attribute]
  /// The result types the text declares; operations whose shape is not inferred take it from here.
  public let resultTypes: [TensorType]

  public init(_ attributes: [Attribute], resultTypes: [TensorType]) {
    remaining = attributes
    self.resultTypes = resultTypes
  }

  /// Removes and returns an attribute if it is there.
  public mutating func take(_ name: String) -> AttributeValue? {
    guard let index = remaining.firstIndex(where: { $0.name == name }) else { return nil }
    return remaining.remove(at: index).value
  }

  public mutating func integer(_ name: String) throws(Diagnostic) -> Int {
    if case .integer(let value)? = take(name) { return value }
    throw missing(name, "an integer")
  }

  public mutating func real(_ name: String) throws(Diagnostic) -> Double {
    switch take(name) {
    case .real(let value)?: return value
    case .integer(let value)?: return Double(value)
    case .symbol("inf")?: return .infinity
    case .symbol("nan")?: return .nan
    default: throw missing(name, "a number")
    }
  }

  public mutating func integers(_ name: String) throws(Diagnostic) -> [Int] {
    switch take(name) {
    case .integers(let value)?: return value
    case .reals(let value)? where value.isEmpty: return []
    default: throw missing(name, "a list of integers")
    }
  }

  /// nil when it is not there.
  public mutating func optionalIntegers(_ name: String) throws(Diagnostic) -> [Int]? {
    remaining.contains { $0.name == name } ? try integers(name) : nil
  }

  public mutating func symbol(_ name: String) throws(Diagnostic) -> String {
    if case .symbol(let value)? = take(name) { return value }
    throw missing(name, "a word")
  }

  public mutating func bool(_ name: String) throws(Diagnostic) -> Bool {
    if case .bool(let value)? = take(name) { return value }
    throw missing(name, "true or false")
  }

  /// A flag that is false when absent.
  public mutating func flag(_ name: String) throws(Diagnostic) -> Bool {
    switch take(name) {
    case nil: return false
    case .bool(let value)?: return value
    default: throw missing(name, "true or false")
    }
  }

  /// The type of the only result.
  public func resultType() throws(Diagnostic) -> TensorType {
    guard resultTypes.count == 1 else {
      throw Diagnostic(.badData, "expected one result, found \(resultTypes.count)")
    }
    return resultTypes[0]
  }

  /// Throws if an attribute was not asked for.
  public func finish(_ mnemonic: String) throws(Diagnostic) {
    if let left = remaining.first {
      throw Diagnostic(.badData, "\(mnemonic) has no attribute '\(left.name)'")
    }
  }

  private func missing(_ name: String, _ kind: String) -> Diagnostic {
    Diagnostic(.badData, "attribute '\(name)' must be given and be \(kind)")
  }
}
