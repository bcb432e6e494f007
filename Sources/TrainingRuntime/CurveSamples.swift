import Support

/// The losses of a run at up to 2048 evenly spaced steps, whatever its length.
struct CurveSamples: Sendable {
  struct Sample: Sendable, Hashable {
    var step: Int
    var loss: Double
    var image: Double?
    var report: Double?
  }

  static let limit = 2048

  private(set) var samples: [Sample] = []
  private var stride = 1

  /// Takes the losses of a step as the log writes them; steps come in ascending order.
  mutating func add(step: Int, loss: JSON?, image: JSON?, report: JSON?) {
    guard let value = loss?.doubleValue, step % stride == 0 else { return }
    samples.append(Sample(step: step, loss: value, image: image?.doubleValue, report: report?.doubleValue))
    if samples.count > Self.limit {
      stride *= 2
      samples.removeAll { $0.step % stride != 0 }
    }
  }
}
