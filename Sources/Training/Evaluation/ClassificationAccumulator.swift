import Metrics

/// AUROC and the other measures of each class and their means (`docs/metrics.md`); of one class among several also the share
/// of right choices.
struct ClassificationAccumulator: ScoredAccumulator {
  private let metric: Metric
  private let isThere: Bool
  private let context: MetricContext
  var scores: LabelledScores

  init(_ metric: Metric, _ scores: String, feed: String, _ context: MetricContext, isThere: Bool) {
    self.metric = metric
    self.isThere = isThere
    self.context = context
    self.scores = LabelledScores(scores, feed: feed, context.task)
  }

  /// Measures that stand beside AUROC; those at a threshold say little where one class is chosen.
  private var measures: [Measure] {
    scores.isClassIndex ? [.averagePrecision] : Measure.allCases.filter { $0 != .auroc }
  }

  var keys: [String] {
    [metric.name] + (scores.isClassIndex ? ["accuracy"] : []) + measures.map(\.rawValue)
      + scores.columns.map { "\(metric.name).\($0)" }
  }

  mutating func add(_ batch: EvaluatedBatch) { scores.add(batch) }

  func finish(_ others: [String: Double]) throws(Diagnostic) -> MetricOutcome {
    guard isThere, scores.count > 0 else {
      return MetricOutcome(values: keys.map { .init(key: $0, value: nil, largerIsBetter: true) }, lines: [])
    }
    let settings = context.settings
    let report = try ClassificationReport(
      classes: scores.columns, scores: scores.scores, labels: scores.labels.map { Int8($0) },
      thresholds: settings.thresholds?.thresholds(metric.name), replicates: settings.replicates, seed: settings.seed,
      threads: context.threads)
    var values = [report[mean: .auroc].value]
    var lines = [metric.line(report[mean: .auroc].text)]
    var details: [JSONMember] = []
    if scores.isClassIndex {
      let share = shareOfRightChoices
      values.append(share.value)
      lines.append(Metric.line("accuracy", share.text))
      details.append(JSONMember("accuracy_report", share.json))
    }
    values += measures.map { report[mean: $0].value } + report.rows.map { $0[.auroc].value }
    lines += report.text.split(separator: "\n").map(String.init)
    let thresholds = settings.thresholds?.text(metric.name, classes: scores.columns)
    lines.append("thresholds: \(thresholds ?? "0.5")")
    let source = settings.thresholds.map { JSON.string($0.source) } ?? .null
    details += [
      JSONMember(metric.name + "_report", report.json), JSONMember(metric.name + "_thresholds_from", source),
    ]
    return MetricOutcome(
      values: zip(keys, values).map { .init(key: $0, value: $1, largerIsBetter: true) }, lines: lines, details: details,
      report: report)
  }

  /// The share of records whose largest score is that of their class, with its interval; no value without records.
  private var shareOfRightChoices: Estimate {
    let right = scores.choices.map { $0.chosen == $0.truth ? 1 : 0 }
    if right.isEmpty { return Estimate(nil) }
    let settings = context.settings
    let samples = Bootstrap.samples(
      records: right.count, replicates: settings.replicates, seed: settings.seed, threads: context.threads
    ) { counts in Double(zip(right, counts).reduce(0) { $0 + $1.0 * Int($1.1) }) / Double(right.count) }
    return Estimate(Double(right.reduce(0, +)) / Double(right.count), Interval(samples))
  }
}
