/// What an argument is to the function that takes it.
public enum ArgumentRole: Hashable, Sendable {
  /// Given anew at each call: a tensor of a feed, or, without `port`, one that only `mrmc run` can give.
  case input(port: FeedPort?)
  /// One number that the training program sets.
  case scalar(ScalarRole)
  /// A model parameter, named as in the public checkpoint.
  case parameter(ParameterRole)
  /// Optimiser state of the parameter `of`, zero at first: its `slot` names the kind, such as `exp_avg`.
  case state(slot: String, of: String)

  /// An input that no feed gives.
  public static let input = ArgumentRole.input(port: nil)
}

/// One tensor of a feed: `report.ids`.
public struct FeedPort: Hashable, Sendable, CustomStringConvertible {
  /// The feed's name.
  public var feed: String
  /// Which of the feed's tensors, by the name that its kind gives it.
  public var part: String

  public init(_ feed: String, _ part: String) {
    self.feed = feed
    self.part = part
  }

  /// `feed.part`.
  public var description: String { "\(feed).\(part)" }
}

/// Which number a scalar argument is.
public enum ScalarRole: Hashable, Sendable {
  /// The seed of a call's dropout and drop path: i64.
  case seed
  /// The learning rate of this update: f32.
  case learningRate
  /// The number of this update, from 1: i64.
  case step
  /// The factor of the gradients that are accumulated, 1 / micro-batches: f32.
  case gradientScale
  /// A number that a run chooses once, by a flag of the argument's name: f32.
  case hyperparameter(standard: Double)

  /// The element type such a scalar has.
  public var element: ElementType {
    switch self {
    case .seed, .step: .i64
    case .learningRate, .gradientScale, .hyperparameter: .f32
    }
  }

  /// The value when nobody gives one; nil: it must be given.
  public var standard: Double? {
    switch self {
    case .seed: 0
    case .gradientScale: 1
    case .hyperparameter(let standard): standard
    case .learningRate, .step: nil
    }
  }
}

/// What is known of a parameter beside its name and type.
public struct ParameterRole: Hashable, Sendable {
  public var initializer: Initializer
  /// Whether training changes it; a fixed table and a frozen layer are not trained.
  public var isTrainable: Bool
  /// Whether weight decay applies.
  public var decays: Bool
  /// The factor of the learning rate, for layer-wise decay.
  public var rateScale: Double
  /// Further checkpoint names of the same tensor.
  public var aliases: [String]

  public init(
    _ initializer: Initializer, trainable: Bool = true, decays: Bool = false, rateScale: Double = 1,
    aliases: [String] = []
  ) {
    self.initializer = initializer
    isTrainable = trainable
    self.decays = decays
    self.rateScale = rateScale
    self.aliases = aliases
  }
}

extension ArgumentRole {
  /// The parameter's facts; nil for an argument that is none.
  public var parameter: ParameterRole? {
    if case .parameter(let role) = self { return role }
    return nil
  }

  /// Whether the argument is given anew at each call by a feed or by hand.
  public var isInput: Bool {
    if case .input = self { return true }
    return false
  }

  /// Whether it is a parameter that training changes.
  public var isTrainable: Bool { parameter?.isTrainable ?? false }

  /// The slot, for optimiser state.
  public var slot: String? {
    if case .state(let slot, _) = self { return slot }
    return nil
  }
}
