import Data

/// AUROC of each class and their mean, and accuracy.
struct ClassificationAccumulator: MetricAccumulator {
  private let metric: Metric
  private let isThere: Bool
  private var scores: LabelledScores

  init(_ metric: Metric, _ scores: String, feed: String, _ context: MetricContext, isThere: Bool) {
    self.metric = metric
    self.isThere = isThere
    self.scores = LabelledScores(scores, feed: feed, context.task)
  }

  var keys: [String] { [metric.name, "accuracy"] + scores.columns.map { "\(metric.name).\($0)" } }

  mutating func add(_ batch: EvaluatedBatch) { scores.add(batch) }

  func finish(_ others: [String: Double]) -> MetricOutcome {
    let areas = scores.columns.indices.map { isThere ? Self.area(scores.known($0)) : nil }
    let known = areas.compactMap { $0 }
    let mean = known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    let accuracy = accuracy
    var lines = [mean.map { metric.line($0.fixed(5)) }, accuracy.map { Metric.line("accuracy", $0.fixed(5)) }]
      .compactMap { $0 }
    for (column, area) in zip(scores.columns, areas) where isThere {
      lines.append(Metric.line("  " + column, area?.fixed(5) ?? "one kind of label only"))
    }
    return MetricOutcome(
      values: [
        .init(key: metric.name, value: mean, largerIsBetter: true),
        .init(key: "accuracy", value: accuracy, largerIsBetter: true),
      ]
        + zip(scores.columns, areas).map {
          .init(key: "\(metric.name).\($0)", value: $1, largerIsBetter: true)
        }, lines: lines)
  }

  /// The share of right decisions: the largest score for one of the classes, a threshold of ½ for each finding.
  private var accuracy: Double? {
    if scores.isClassIndex {
      let decisions = scores.decisions
      return decisions.isEmpty
        ? nil : Double(decisions.count { $0.predicted == $0.truth }) / Double(decisions.count)
    }
    let known = scores.columns.indices.flatMap { scores.known($0) }
    return known.isEmpty ? nil : Double(known.count { ($0.score >= 0.5) == ($0.label == 1) }) / Double(known.count)
  }

  /// The probability that a record that has the class scores higher than one that has not, ties counting half
  /// (Mann-Whitney); nil unless there are both.
  static func area(_ pairs: [(score: Float, label: Float)]) -> Double? {
    let sorted = pairs.sorted { $0.score < $1.score }
    let positives = sorted.count { $0.label == 1 }
    let negatives = sorted.count - positives
    if positives == 0 || negatives == 0 { return nil }
    // Ranks from 1, the mean one for equal scores; twice, so that they are whole.
    var rankSum = 0
    var start = 0
    while start < sorted.count {
      var end = start
      while end < sorted.count, sorted[end].score == sorted[start].score { end += 1 }
      rankSum += sorted[start..<end].count { $0.label == 1 } * (start + 1 + end)
      start = end
    }
    return Double(rankSum - positives * (positives + 1)) / 2 / (Double(positives) * Double(negatives))
  }
}
