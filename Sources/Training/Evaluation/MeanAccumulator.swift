/// The mean over records of a result `[B]`.
struct MeanAccumulator: MetricAccumulator {
  private let metric: Metric
  private let result: String
  private let isThere: Bool
  private var sum = 0.0
  private var records = 0

  init(_ metric: Metric, _ result: String, isThere: Bool) {
    self.metric = metric
    self.result = result
    self.isThere = isThere
  }

  var keys: [String] { [metric.name] }

  mutating func add(_ batch: EvaluatedBatch) {
    sum += batch.sum(result) ?? 0
    records += batch.rows
  }

  func finish(_ others: [String: Double]) -> MetricOutcome {
    let value = isThere ? sum / Double(max(1, records)) : nil
    return MetricOutcome(
      values: [.init(key: metric.name, value: value, largerIsBetter: false)],
      lines: value.map { [metric.line($0.fixed(5))] } ?? [])
  }
}
