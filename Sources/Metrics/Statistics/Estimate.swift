/// A number and how far it would stray with other records.
public struct Estimate: Sendable, Hashable {
  /// Nil where it is not defined, as AUROC is with one label only.
  public var value: Double?
  /// Nil where there is no value, or no bootstrap sample has one.
  public var interval: Interval?

  public init(_ value: Double?, _ interval: Interval? = nil) {
    self.value = value
    self.interval = interval
  }
}
