/// A number that tells how well one class is recognised; the more the better, from 0 to 1.
public enum Measure: String, Sendable, Hashable, CaseIterable {
  /// Area under the ROC curve (`RankedScores.auroc`).
  case auroc
  /// Precision weighted by growing recall (`RankedScores.averagePrecision`).
  case averagePrecision = "average_precision"
  /// Share of right decisions at the threshold, as all below are taken there.
  case accuracy
  /// Mean of sensitivity and specificity.
  case balancedAccuracy = "balanced_accuracy"
  /// Harmonic mean of precision and sensitivity.
  case f1
  /// Share of the positives that are found.
  case sensitivity
  /// Share of the negatives that are let go.
  case specificity

  /// Whether nothing can be said when one label only is known.
  var needsBothLabels: Bool {
    switch self {
    case .auroc, .averagePrecision, .balancedAccuracy: true
    case .accuracy, .f1, .sensitivity, .specificity: false
    }
  }

  /// The place in `allCases`.
  var index: Int { Measure.allCases.firstIndex(of: self)! }

  func value(of tally: RankedScores.Tally) -> Double? {
    switch self {
    case .auroc: tally.auroc
    case .averagePrecision: tally.averagePrecision
    case .accuracy: tally.confusion.accuracy
    case .balancedAccuracy: tally.confusion.balancedAccuracy
    case .f1: tally.confusion.f1
    case .sensitivity: tally.confusion.sensitivity
    case .specificity: tally.confusion.specificity
    }
  }
}
