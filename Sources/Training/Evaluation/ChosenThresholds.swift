/// The threshold of each class with the greatest F1 on a list of records kept for that.
struct ChosenThresholds: Sendable {
  /// The list.
  let source: String
  /// By metric, one for each class; nil where the list has no positive, so that it stays at 0.5.
  private let values: [String: [Float?]]
  static let standard: Float = 0.5

  /// Takes what was measured on the list `source`.
  init(_ evaluation: Evaluation, from source: String) {
    self.source = source
    var values: [String: [Float?]] = [:]
    for outcome in evaluation.outcomes {
      guard let key = outcome.values.first?.key, let report = outcome.report else { continue }
      values[key] = report.rows.map(\.ranked.bestF1Threshold)
    }
    self.values = values
  }

  /// Of one metric.
  func thresholds(_ metric: String) -> [Float]? { values[metric].map { $0.map { $0 ?? Self.standard } } }

  /// Where they are from, and the classes for which there was nothing to choose from.
  func text(_ metric: String, classes: [String]) -> String {
    let undecided = zip(classes, values[metric] ?? []).filter { $1 == nil }.map(\.0)
    return "those of the greatest F1 on \(source)"
      + (undecided.isEmpty ? "" : "; 0.5 for \(undecided.joined(separator: ", ")), no positive there")
  }
}
