import Metrics

/// R² of each column and their mean, and errors (`docs/metrics.md`).
struct RegressionAccumulator: ScoredAccumulator {
  private let metric: Metric
  private let isThere: Bool
  var scores: LabelledScores

  init(_ metric: Metric, _ predictions: String, feed: String, _ context: MetricContext, isThere: Bool) {
    self.metric = metric
    self.isThere = isThere
    self.scores = LabelledScores(predictions, feed: feed, context.task)
  }

  var keys: [String] {
    [metric.name] + scores.columns.flatMap { ["\(metric.name).\($0)", "mae.\($0)", "rmse.\($0)"] }
  }

  mutating func add(_ batch: EvaluatedBatch) { scores.add(batch) }

  func finish(_ others: [String: Double]) throws(Diagnostic) -> MetricOutcome {
    var values: [Double?] = keys.map { _ in nil }
    var lines: [String] = []
    var details: [JSONMember] = []
    if isThere, scores.count > 0 {
      let report = try RegressionReport(
        columns: scores.columns, predictions: scores.scores, values: scores.labels)
      values = [report.meanR2] + report.rows.flatMap { [$0.r2, $0.meanAbsoluteError, $0.rootMeanSquaredError] }
      lines = [metric.line(report.meanR2?.fixed(4) ?? "-")] + report.text.split(separator: "\n").map(String.init)
      details = [JSONMember(metric.name + "_report", report.json)]
    }
    return MetricOutcome(
      values: zip(keys, values).enumerated().map { index, value in
        // R² is first of each column's three, and the whole's.
        .init(key: value.0, value: value.1, largerIsBetter: index == 0 || (index - 1) % 3 == 0)
      }, lines: lines, details: details)
  }
}
