/// The numbers of a run's log at up to 2048 evenly spaced steps, whatever its length, and of all evaluations.
struct CurveSamples: Sendable {
  /// Numbers by their keys in the log.
  struct Sample: Sendable, Hashable {
    var step: Int
    var values: [JSONMember]
  }

  static let limit = 2048
  /// Keys of a step that are no losses.
  private static let others: Set<String> = [
    "step", "epoch", "grad_norm", "images_per_s", "data_wait_s", "rss_bytes",
  ]

  private(set) var samples: [Sample] = []
  /// Values of metrics on held-out records.
  private(set) var evaluations: [Sample] = []
  private var stride = 1

  /// Takes a line of the log; steps come in ascending order.
  mutating func add(_ line: JSON) {
    guard let step = line["step"]?.intValue else { return }
    if let valid = line[ValidationLine.key]?.members {
      evaluations.append(Sample(step: step, values: valid))
      return
    }
    if step % stride != 0 { return }
    samples.append(Sample(step: step, values: (line.members ?? []).filter { !Self.others.contains($0.key) }))
    if samples.count > Self.limit {
      stride *= 2
      samples.removeAll { $0.step % stride != 0 }
    }
  }
}
