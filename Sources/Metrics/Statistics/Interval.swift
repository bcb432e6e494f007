/// The range of a number over bootstrap samples without their outermost twentieth.
public struct Interval: Sendable, Hashable {
  /// The 2.5th percentile.
  public var low: Double
  /// The 97.5th percentile.
  public var high: Double
  /// How many samples had a value.
  public var replicates: Int

  /// Takes the percentiles (1 ∓ level) / 2 of the values, linear between neighbours; nil without values.
  public init?(_ values: [Double], level: Double = 0.95) {
    if values.isEmpty { return nil }
    let sorted = values.sorted()
    low = Self.quantile((1 - level) / 2, of: sorted)
    high = Self.quantile((1 + level) / 2, of: sorted)
    replicates = values.count
  }

  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place.rounded(.down))
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }
}
