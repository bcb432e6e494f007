import Support

/// The losses of a run at up to 2048 evenly spaced steps, whatever its length.
struct CurveSamples: Sendable {
  struct Sample: Sendable, Hashable {
    var step: Int
    var loss: Double
    var image: Double?
    var report: Double?
    var learningRate: Double?
  }

  static let limit = 2048

  private(set) var samples: [Sample] = []
  private var stride = 1

  /// Takes a line of the log; steps come in ascending order.
  mutating func add(_ line: JSON) {
    guard let step = line["step"]?.intValue, let loss = line["loss"]?.doubleValue, step % stride == 0 else { return }
    samples.append(
      Sample(
        step: step, loss: loss, image: line["loss_image"]?.doubleValue, report: line["loss_report"]?.doubleValue,
        learningRate: line["lr"]?.doubleValue))
    if samples.count > Self.limit {
      stride *= 2
      samples.removeAll { $0.step % stride != 0 }
    }
  }
}
