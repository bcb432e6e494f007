/// A named function argument.
public struct Argument: Hashable, Sendable {
  public var name: String
  public var type: TensorType
  public var role: ArgumentRole

  public init(_ name: String, _ type: TensorType, role: ArgumentRole = .input) {
    self.name = name
    self.type = type
    self.role = role
  }

  /// Whether reverse mode differentiates with respect to it.
  public var isTrainable: Bool { role.isTrainable }
}

/// A named function result.
public struct FunctionResult: Hashable, Sendable {
  public var name: String
  public var value: ValueID
  /// The argument whose memory this result may take: an update in place.
  public var alias: ValueID?
  /// What it is to those who read it.
  public var role: ResultRole

  public init(_ name: String, _ value: ValueID, alias: ValueID? = nil, role: ResultRole = .none) {
    self.name = name
    self.value = value
    self.alias = alias
    self.role = role
  }

  /// The same result of a function in which values have other numbers.
  public func moved(to value: ValueID, alias: ValueID?) -> FunctionResult {
    FunctionResult(name, value, alias: alias, role: role)
  }
}
