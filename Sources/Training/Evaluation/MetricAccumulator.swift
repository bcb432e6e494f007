import Data
import Metrics

/// Collects what a metric needs, batch by batch, and gives its values over all records. One file for each kind: a new one is
/// a new file, a case of `Metric.Kind` and a line in `Metric.accumulator`.
protocol MetricAccumulator {
  /// The keys of its values, in order, the first being the metric's own: what `--keep-best` may name.
  var keys: [String] { get }

  /// Adds the rows of a batch that count.
  mutating func add(_ batch: EvaluatedBatch) throws(Diagnostic)

  /// The values over all records. `others`: those of the metrics that are no combinations.
  func finish(_ others: [String: Double]) throws(Diagnostic) -> MetricOutcome
}

/// What a metric came to.
struct MetricOutcome: Sendable, Hashable {
  /// A number by name; nil where it is not defined, such as the AUROC of a class that no record has.
  struct Value: Sendable, Hashable {
    var key: String
    var value: Double?
    var largerIsBetter: Bool
  }

  var values: [Value]
  /// For people.
  var lines: [String]
  /// Further members of the JSON object, behind the values.
  var details: [JSONMember] = []
  /// Of a classification: what pictures are drawn and thresholds are chosen from.
  var report: ClassificationReport?
}

/// What accumulators may need beside batches.
struct MetricContext {
  let task: Task
  /// The measures that the function gives.
  let results: Set<String>
  let tokenizer: Tokenizer?
  let settings: EvaluationSettings
  let threads: Int
}

/// An accumulator of scores beside labels, which need not come from the model.
protocol ScoredAccumulator: MetricAccumulator {
  var scores: LabelledScores { get set }
}

extension Metric {
  func accumulator(_ context: MetricContext) -> any MetricAccumulator {
    let isThere = results.allSatisfy(context.results.contains)
    switch kind {
    case .mean(let result): return MeanAccumulator(self, result, isThere: isThere)
    case .ratio(let sum, let count): return RatioAccumulator(self, sum, count, isThere: isThere)
    case .combination(let terms): return CombinationAccumulator(metric: self, terms: terms)
    case .restoredTokens(let correct, let count, let feed):
      return RestoredTokensAccumulator(self, correct, count, feed: feed, context, isThere: isThere)
    case .classification(let scores, let feed):
      return ClassificationAccumulator(self, scores, feed: feed, context, isThere: isThere)
    case .regression(let predictions, let feed):
      return RegressionAccumulator(self, predictions, feed: feed, context, isThere: isThere)
    }
  }

  /// A line of a report: the label, then the value.
  func line(_ value: String) -> String { Self.line(label, value) }

  static func line(_ label: String, _ value: String) -> String { paddedRight(label, max(19, label.count + 1)) + value }
}
