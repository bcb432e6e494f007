/// A weighted sum of other metrics; those that are not there count 0.
struct CombinationAccumulator: MetricAccumulator {
  let metric: Metric
  let terms: [Metric.Term]

  var keys: [String] { [metric.name] }

  mutating func add(_ batch: EvaluatedBatch) {}

  func finish(_ others: [String: Double]) -> MetricOutcome {
    let value = terms.reduce(0) { $0 + $1.weight * (others[$1.metric] ?? 0) }
    return MetricOutcome(
      values: [.init(key: metric.name, value: value, largerIsBetter: false)], lines: [metric.line(value.fixed(5))])
  }
}
