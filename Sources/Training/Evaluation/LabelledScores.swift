import Data

/// Scores `[N, C]` of all records evaluated, and their labels.
struct LabelledScores {
  /// Names of the C columns.
  let columns: [String]
  private let kind: LabelFeed.Kind
  /// The feed of the labels and the result of the scores.
  let feed: String
  let result: String
  /// Record by record.
  private(set) var scores: [Float] = []
  /// The same of the labels: 1 and 0 for the class index; −1: not known, but for real numbers.
  private(set) var labels: [Float] = []

  /// The feed must be one of labels: without it nothing is collected.
  init(_ result: String, feed: String, _ task: Task) {
    self.result = result
    self.feed = feed
    if case .labels(let labels) = task.feed(feed)?.source {
      columns = labels.columns
      kind = labels.kind
    } else {
      columns = []
      kind = .real
    }
  }

  var count: Int { columns.isEmpty ? 0 : scores.count / columns.count }

  mutating func add(_ batch: EvaluatedBatch) {
    guard let values = batch.values(result), values.count == batch.rows * columns.count else { return }
    add(Array(values), labels: batch.buffers)
  }

  /// Adds scores `[rows, C]` and the labels of as many rows.
  mutating func add(_ values: [Float], labels buffers: FeedBuffers) {
    scores += values
    let port = FeedPort(feed, LabelFeed.values)
    if kind == .classIndex {
      let truth = buffers.pointer(port, as: Int32.self)
      for row in 0..<values.count / columns.count {
        for column in columns.indices { labels.append(truth[row] < 0 ? -1 : Int(truth[row]) == column ? 1 : 0) }
      }
    } else {
      let truth = buffers.pointer(port, as: Float.self)
      for index in 0..<values.count { labels.append(truth[index]) }
    }
  }

  /// The class of the largest score and the true one of each record that has one.
  var choices: [(chosen: Int, truth: Int)] { (0..<count).compactMap(choice) }

  /// The class of a record's largest score, the first of several, and the true one; nil where that is not known.
  func choice(_ record: Int) -> (chosen: Int, truth: Int)? {
    let range = record * columns.count..<(record + 1) * columns.count
    guard let truth = range.first(where: { labels[$0] == 1 }) else { return nil }
    let best = range.max { scores[$0] < scores[$1] || (scores[$0] == scores[$1] && $0 > $1) }!
    return (best - range.lowerBound, truth - range.lowerBound)
  }

  var isClassIndex: Bool { kind == .classIndex }
}
