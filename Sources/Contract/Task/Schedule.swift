/// The course of the learning rate over a run, relative to its peak.
public struct Schedule: Hashable, Sendable {
  /// After the warm-up, as a function of the share x of the rest that is done.
  public enum Shape: Hashable, Sendable {
    /// ½(1 + cos πx).
    case cosine
    /// (1 − x) to a power.
    case polynomial(power: Double)
    /// × factor at each of these shares of the whole run.
    case steps(at: [Double], factor: Double)
    case constant
  }

  /// How steps are counted.
  public enum Clock: String, Hashable, Sendable, CaseIterable {
    /// An update has the rate of the work done before it: the first has 0 where there is a warm-up (pre-training).
    case before
    /// An update has the rate of the work done after it: the last has that of the end (fine-tuning).
    case after
  }

  public var shape: Shape
  public var clock: Clock

  public init(_ shape: Shape, clock: Clock = .before) {
    self.shape = shape
    self.clock = clock
  }
}

/// How long a run is and how fast it learns.
public struct Recipe: Hashable, Sendable {
  /// The length of the run, or of its warm-up.
  public enum Length: Hashable, Sendable {
    case epochs(Double)
    case steps(Int)
  }

  /// The peak of the learning rate.
  public enum Rate: Hashable, Sendable {
    case peak(Double)
    /// × effective batch / 256.
    case base(Double)
  }

  public var length: Length
  /// In the unit of the length.
  public var warmup: Length
  public var rate: Rate

  public init(length: Length, warmup: Length, rate: Rate) {
    self.length = length
    self.warmup = warmup
    self.rate = rate
  }
}

/// Flags of `train` under one name: what `--recipe NAME` stands for.
public struct NamedRecipe: Hashable, Sendable {
  public var name: String
  /// Flags and their values, as they would be typed.
  public var flags: [String]

  public init(_ name: String, _ flags: [String]) {
    self.name = name
    self.flags = flags
  }
}
