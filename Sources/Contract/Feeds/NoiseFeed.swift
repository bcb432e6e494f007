/// Uniform random numbers in [0, 1), f32 `[B, N]`: a function of the seed, the epoch and the record.
public struct NoiseFeed: Hashable, Sendable {
  /// Name of the feed's only tensor.
  public static let values = "values"

  /// N: numbers for each record.
  public var count: Int

  public init(count: Int) { self.count = count }
}
