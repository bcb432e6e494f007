/// One evaluation on held-out records in `log.jsonl`, behind the line of its step.
struct ValidationLine: Sendable {
  static let key = "valid"

  /// Optimiser steps done.
  var step: Int
  var epoch: Double
  var evaluation: Evaluation
  var isBest: Bool

  var json: JSON {
    ["step": .integer(step), "epoch": .number(epoch), Self.key: .object(evaluation.values)]
  }

  /// One line for people.
  var text: String {
    let values = evaluation.outcomes.compactMap { outcome in
      outcome.values.first.map { "\($0.key) \($0.value?.significant(5) ?? "not defined")" }
    }
    return "held out, step \(step): " + values.joined(separator: "  ") + (isBest ? "  (best so far)" : "")
  }
}
