import Metrics

/// The metrics of a task over all records of a list.
public struct Evaluation: Sendable, Hashable {
  public var records: Int
  var outcomes: [MetricOutcome]

  /// Takes the values of accumulators that have seen so many records.
  init(records: Int, _ accumulators: [any MetricAccumulator]) throws(Diagnostic) {
    self.records = records
    var known: [String: Double] = [:]
    var outcomes = [MetricOutcome?](repeating: nil, count: accumulators.count)
    for isCombination in [false, true] {
      for (index, accumulator) in accumulators.enumerated()
      where (accumulator is CombinationAccumulator) == isCombination {
        let outcome = try accumulator.finish(known)
        outcomes[index] = outcome
        for value in outcome.values where !isCombination { known[value.key] = value.value }
      }
    }
    self.outcomes = outcomes.compactMap { $0 }
  }

  /// The first report on classes, where the task has one.
  var report: ClassificationReport? { outcomes.lazy.compactMap(\.report).first }

  /// One object: each metric's values by key, `null` where they are not defined.
  public var json: JSON { .object([JSONMember("records", .integer(records))] + values + outcomes.flatMap(\.details)) }

  /// Each value by its key.
  var values: [JSONMember] {
    outcomes.flatMap(\.values).map { JSONMember($0.key, $0.value.map { .number($0) } ?? .null) }
  }

  /// Plain lines.
  public var text: String {
    ([Metric.line("records", "\(records)")] + outcomes.flatMap(\.lines)).joined(separator: "\n")
  }

  /// The value of that key.
  func value(_ key: String) -> MetricOutcome.Value? { outcomes.lazy.flatMap(\.values).first { $0.key == key } }
}
