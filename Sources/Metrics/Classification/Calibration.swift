/// How far scores can be read as probabilities: the Brier score and a reliability diagram's bins.
public struct Calibration: Sendable, Hashable {
  /// One of ten equal parts of 0 … 1: scores above `low` up to `high`; 0 itself belongs to the first.
  public struct Bin: Sendable, Hashable {
    /// The lower end, itself outside but for 0.
    public var low: Double
    /// The upper end, itself inside.
    public var high: Double
    /// Records whose score lies in it.
    public var count: Int
    /// Mean of the scores; nil in an empty bin.
    public var meanScore: Double?
    /// Share of the records that are positive; nil in an empty bin.
    public var sharePositive: Double?
  }

  /// Mean of (score − label)².
  public let brier: Double
  /// Expected calibration error: |mean score − share positive| over bins, weighted by their records.
  public let expectedError: Double
  /// Ten bins, from 0 to 1.
  public let bins: [Bin]

  /// Takes scores and labels of equal number; labels −1 are left out. Nil when no label is known, or when a score is no
  /// probability (outside of 0 … 1, or not a number).
  public init?(scores: [Float], labels: [Int8]) {
    precondition(scores.count == labels.count)
    let width = 10
    var sums = [(count: Int, score: Double, positives: Int)](repeating: (0, 0, 0), count: width)
    var squares = 0.0
    var known = 0
    for (score, label) in zip(scores, labels) where label != -1 {
      guard score >= 0, score <= 1 else { return nil }
      let value = Double(score)
      let bin = min(width - 1, max(0, Int((value * Double(width)).rounded(.up)) - 1))
      sums[bin].count += 1
      sums[bin].score += value
      sums[bin].positives += Int(label)
      squares += (value - Double(label)) * (value - Double(label))
      known += 1
    }
    if known == 0 { return nil }
    brier = squares / Double(known)
    bins = sums.enumerated().map { index, sum in
      Bin(
        low: Double(index) / Double(width), high: Double(index + 1) / Double(width), count: sum.count,
        meanScore: sum.count == 0 ? nil : sum.score / Double(sum.count),
        sharePositive: sum.count == 0 ? nil : Double(sum.positives) / Double(sum.count))
    }
    expectedError = sums.reduce(0) { $0 + abs($1.score - Double($1.positives)) } / Double(known)
  }
}
