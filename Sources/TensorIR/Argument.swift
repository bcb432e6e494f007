/// What an argument is to the function.
public enum ArgumentRole: Hashable, Sendable {
  /// Given anew at each call: batch tensors, seed, learning rate.
  case input
  /// A model parameter, named as in the public checkpoint. `decay`: weight decay applies. `aliases`: further checkpoint
  /// names of the same tensor.
  case parameter(Initializer, trainable: Bool, decay: Bool, aliases: [String])
  /// Optimiser state that belongs to a parameter, zero at first.
  case state
}

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
  public var isTrainable: Bool {
    if case .parameter(_, trainable: true, _, _) = role { return true }
    return false
  }
}

/// A named function result.
public struct FunctionResult: Hashable, Sendable {
  public var name: String
  public var value: ValueID
  /// The argument whose memory this result may take: an update in place.
  public var alias: ValueID?

  public init(_ name: String, _ value: ValueID, alias: ValueID? = nil) {
    self.name = name
    self.value = value
    self.alias = alias
  }
}
