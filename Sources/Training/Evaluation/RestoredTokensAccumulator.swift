import Data

/// The share of hidden tokens that are restored, beside that of always guessing the most frequent one.
struct RestoredTokensAccumulator: MetricAccumulator {
  private let metric: Metric
  private let correctResult: String
  private let countResult: String
  private let feed: String
  private let length: Int
  private let tokenizer: Tokenizer?
  private let isThere: Bool
  private var correct = 0
  private var count = 0
  /// How often each token is hidden.
  private var labels: [Int]

  init(
    _ metric: Metric, _ correct: String, _ count: String, feed: String, _ context: MetricContext, isThere: Bool
  ) {
    self.metric = metric
    correctResult = correct
    countResult = count
    self.feed = feed
    tokenizer = context.tokenizer
    self.isThere = isThere
    if case .tokens(let tokens) = context.task.feed(feed)?.source {
      length = tokens.length
      labels = Array(repeating: 0, count: tokens.vocabulary)
    } else {
      length = 0
      labels = []
    }
  }

  var keys: [String] { [metric.name, "baseline_accuracy"] }

  mutating func add(_ batch: EvaluatedBatch) {
    guard isThere else { return }
    correct += Int(batch.sum(correctResult) ?? 0)
    count += Int(batch.sum(countResult) ?? 0)
    let ids = batch.feed(feed, TokenFeed.ids, as: Int32.self)
    let truth = batch.feed(feed, TokenFeed.labels, as: Int32.self)
    for position in 0..<batch.rows * length where ids[position] != truth[position] {
      labels[Int(truth[position])] += 1
    }
  }

  func finish(_ others: [String: Double]) -> MetricOutcome {
    let commonCount = labels.max() ?? 0
    let common = commonCount == 0 ? nil : labels.firstIndex(of: commonCount)
    let token = common.flatMap { tokenizer?.decode([Int32($0)]).first } ?? ""
    let accuracy = count == 0 ? nil : Double(correct) / Double(count)
    let baseline = count == 0 ? nil : Double(commonCount) / Double(count)
    var lines: [String] = []
    if let accuracy, let baseline {
      lines.append(metric.line("\(correct) of \(count) right, \((100 * accuracy).fixed(2)) %"))
      lines.append(Metric.line("always \"\(token)\"", "\((100 * baseline).fixed(2)) %"))
    }
    return MetricOutcome(
      values: [
        .init(key: metric.name, value: accuracy, largerIsBetter: true),
        .init(key: "baseline_accuracy", value: baseline, largerIsBetter: true),
      ], lines: lines,
      details: [
        JSONMember("masked_tokens", .integer(count)), JSONMember("masked_correct", .integer(correct)),
        JSONMember("baseline_token", .string(token)),
      ])
  }
}
