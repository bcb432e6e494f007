/// Counts of decisions, right and wrong, at one threshold.
public struct Confusion: Sendable, Hashable {
  /// Positives found.
  public var truePositives = 0
  /// Negatives taken for positive.
  public var falsePositives = 0
  /// Negatives let go.
  public var trueNegatives = 0
  /// Positives missed.
  public var falseNegatives = 0

  /// No decisions at all.
  public init() {}

  public init(truePositives: Int, falsePositives: Int, trueNegatives: Int, falseNegatives: Int) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.trueNegatives = trueNegatives
    self.falseNegatives = falseNegatives
  }

  /// Records labelled 1.
  public var positives: Int { truePositives + falseNegatives }
  /// Records labelled 0.
  public var negatives: Int { trueNegatives + falsePositives }
  /// Share of decisions that are right. Nil without records.
  public var accuracy: Double? { Self.share(truePositives + trueNegatives, of: positives + negatives) }
  /// Share of the positives that are found (recall). Nil without a positive.
  public var sensitivity: Double? { Self.share(truePositives, of: positives) }
  /// Share of the negatives that are let go. Nil without a negative.
  public var specificity: Double? { Self.share(trueNegatives, of: negatives) }
  /// Mean of sensitivity and specificity. Nil when one of them is.
  public var balancedAccuracy: Double? {
    guard let sensitivity, let specificity else { return nil }
    return (sensitivity + specificity) / 2
  }
  /// 2 TP / (2 TP + FP + FN). Nil when nothing is positive and nothing was taken for it.
  public var f1: Double? { Self.share(2 * truePositives, of: 2 * truePositives + falsePositives + falseNegatives) }

  /// Sets what was taken as positive; the rest is known at the end of a walk (`close`).
  mutating func flag(hits: Int, alarms: Int) { (truePositives, falsePositives) = (hits, alarms) }

  mutating func close(positives: Int, negatives: Int) {
    falseNegatives = positives - truePositives
    trueNegatives = negatives - falsePositives
  }

  private static func share(_ part: Int, of whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }
}
