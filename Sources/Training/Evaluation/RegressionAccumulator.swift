import Data

/// R², mean absolute error and root of the mean squared error of predictions, over all columns; R² is the columns' mean.
struct RegressionAccumulator: MetricAccumulator {
  private let metric: Metric
  private let isThere: Bool
  private var predictions: LabelledScores

  init(_ metric: Metric, _ predictions: String, feed: String, _ context: MetricContext, isThere: Bool) {
    self.metric = metric
    self.isThere = isThere
    self.predictions = LabelledScores(predictions, feed: feed, context.task)
  }

  var keys: [String] { [metric.name, "mean_absolute_error", "root_mean_squared_error"] }

  mutating func add(_ batch: EvaluatedBatch) { predictions.add(batch) }

  func finish(_ others: [String: Double]) -> MetricOutcome {
    let columns = isThere && predictions.count > 0 ? predictions.columns.indices.map { predictions.known($0) } : []
    let determinations = columns.compactMap(Self.determination)
    let errors = columns.flatMap { $0.map { Double($0.score) - Double($0.label) } }
    func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
    let values: [(String, String, Double?, Bool)] = [
      (metric.name, metric.label, mean(determinations), true),
      ("mean_absolute_error", "absolute error", mean(errors.map(abs)), false),
      ("root_mean_squared_error", "root squared error", mean(errors.map { $0 * $0 })?.squareRoot(), false),
    ]
    return MetricOutcome(
      values: values.map { .init(key: $0.0, value: $0.2, largerIsBetter: $0.3) },
      lines: values.compactMap { value in value.2.map { Metric.line(value.1, $0.fixed(5)) } })
  }

  /// 1 − Σ(y − ŷ)² / Σ(y − ȳ)²; nil where all y are equal.
  static func determination(_ pairs: [(score: Float, label: Float)]) -> Double? {
    let mean = pairs.reduce(0) { $0 + Double($1.label) } / Double(pairs.count)
    let total = pairs.reduce(0) { $0 + (Double($1.label) - mean) * (Double($1.label) - mean) }
    let rest = pairs.reduce(0) { sum, pair in
      sum + (Double(pair.label) - Double(pair.score)) * (Double(pair.label) - Double(pair.score))
    }
    return total > 0 ? 1 - rest / total : nil
  }
}
