/// Σ sum / Σ count over records, both results `[B]`.
struct RatioAccumulator: MetricAccumulator {
  private let metric: Metric
  private let sumResult: String
  private let countResult: String
  private let isThere: Bool
  private var sum = 0.0
  private var count = 0.0

  init(_ metric: Metric, _ sum: String, _ count: String, isThere: Bool) {
    self.metric = metric
    sumResult = sum
    countResult = count
    self.isThere = isThere
  }

  var keys: [String] { [metric.name] }

  mutating func add(_ batch: EvaluatedBatch) {
    sum += batch.sum(sumResult) ?? 0
    count += batch.sum(countResult) ?? 0
  }

  func finish(_ others: [String: Double]) -> MetricOutcome {
    let value = isThere ? (count == 0 ? 0 : sum / count) : nil
    return MetricOutcome(
      values: [.init(key: metric.name, value: value, largerIsBetter: false)],
      lines: value.map { [metric.line($0.fixed(5))] } ?? [])
  }
}
