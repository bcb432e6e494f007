/// One optimiser step of `log.jsonl`.
struct LogLine: Sendable {
  /// A loss, or a part of it, by the name of the result: the mean over the step's micro-batches.
  struct Loss: Sendable {
    var name: String
    var value: Float

    /// For people: `loss_image` is the image's.
    var label: String {
      let short = name.hasPrefix("loss_") ? name.dropFirst(5) : name[...]
      return String(short.map { $0 == "_" ? " " : $0 })
    }
  }

  /// Optimiser steps done, this one included.
  var step: Int
  /// Epochs done before this step.
  var epoch: Double
  /// The loss that is trained, then its parts.
  var losses: [Loss]
  var learningRate: Double
  var gradientNorm: Float?
  var imagesPerSecond: Double
  /// Seconds of the step in which data was made ready.
  var dataWait: Double
  var residentBytes: Int

  var json: JSON {
    .object(
      [JSONMember("step", .integer(step)), JSONMember("epoch", .number(epoch))]
        + losses.map { JSONMember($0.name, Self.number($0.value)) } + [
          JSONMember("lr", .number(learningRate)), JSONMember("grad_norm", Self.number(gradientNorm)),
          JSONMember("images_per_s", Self.rounded(imagesPerSecond, 3)),
          JSONMember("data_wait_s", Self.rounded(dataWait, 6)), JSONMember("rss_bytes", .integer(residentBytes)),
        ])
  }

  /// One line for people; `total` steps in the run.
  func text(total: Int) -> String {
    var parts = ["step \(step)/\(total)", "epoch \(epoch.fixed(2))"]
    parts += losses.map { "\($0.label) \(Double($0.value).fixed(4))" }
    parts.append("lr \(learningRate.significant(3))")
    if let gradientNorm { parts.append("grad \(Double(gradientNorm).significant(3))") }
    parts.append("\(imagesPerSecond.fixed(1)) images/s")
    return parts.joined(separator: "  ")
  }

  /// The shortest digits that give the same f32.
  private static func number(_ value: Float?) -> JSON {
    guard let value, value.isFinite, let short = Double("\(value)") else { return .null }
    return .number(short)
  }

  private static func rounded(_ value: Double, _ digits: Int) -> JSON { .number(Double(value.fixed(digits)) ?? value) }
}
