/// The metrics of a task over all records of a list.
public struct Evaluation: Sendable, Hashable {
  public var records: Int
  var outcomes: [MetricOutcome]

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
