/// How metrics are computed from what has been collected.
struct EvaluationSettings: Sendable {
  /// Bootstrap samples for intervals; 0: none.
  var replicates = 0
  /// Seed of the bootstrap samples.
  var seed: UInt64 = 0
  /// Nil: 0.5 for every class.
  var thresholds: ChosenThresholds?
}
