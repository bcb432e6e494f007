/// Mean and spread of repeated measurements, as of one study's seeds.
public struct SampleSummary: Sendable, Hashable {
  /// n, at least 1.
  public let count: Int
  /// The sum over n.
  public let mean: Double
  /// Sample standard deviation (divided by n − 1); nil for one value.
  public let standardDeviation: Double?

  /// Nil without values.
  public init?(_ values: [Double]) {
    guard let anchor = values.first else { return nil }
    count = values.count
    // Summed from the first value on, so that equal values have exactly no spread.
    let mean = anchor + values.reduce(0) { $0 + ($1 - anchor) } / Double(values.count)
    self.mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    standardDeviation = values.count < 2 ? nil : (squares / Double(values.count - 1)).squareRoot()
  }
}
