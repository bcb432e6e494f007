/// A square colour image as three planes of floats (CHW), 0 black to 1 white.
public struct PlanarImage: Sendable {
  public let side: Int
  /// 3 * side * side values.
  public var values: [Float]

  /// Source: the mean and standard deviation of the pre-training pixels (public implementation's transform).
  public static let pixelMean: Float = 0.4978
  public static let pixelDeviation: Float = 0.2449

  public init(side: Int, values: [Float]) {
    precondition(values.count == 3 * side * side, "an image has three square planes")
    self.side = side
    self.values = values
  }

  /// An image in the model's units, `(pixel - mean) / deviation`.
  public init(side: Int, normalized values: [Float]) {
    self.init(side: side, values: values.map { $0 * Self.pixelDeviation + Self.pixelMean })
  }

  /// The mean over blocks of `factor` x `factor` pixels, at the same size: what is left at a lower resolution.
  public func pixelated(by factor: Int) -> PlanarImage {
    if factor <= 1 || side % factor != 0 { return self }
    var result = self
    let blocks = side / factor
    for channel in 0..<3 {
      let plane = channel * side * side
      for block in 0..<blocks * blocks {
        let corner = plane + block / blocks * factor * side + block % blocks * factor
        var sum: Float = 0
        for at in 0..<factor * factor { sum += values[corner + at / factor * side + at % factor] }
        let mean = sum / Float(factor * factor)
        for at in 0..<factor * factor { result.values[corner + at / factor * side + at % factor] = mean }
      }
    }
    return result
  }

  /// The image at another size: bilinear upwards, the mean of the covered area downwards.
  public func resized(to target: Int) -> PlanarImage {
    if target == side { return self }
    let taps = (0..<target).map { Self.taps(at: $0, from: side, to: target) }
    var result = PlanarImage(side: target, values: [Float](repeating: 0, count: 3 * target * target))
    var rows = [Float](repeating: 0, count: side * target)
    for channel in 0..<3 {
      for row in 0..<side {
        let line = (channel * side + row) * side
        for (column, tap) in taps.enumerated() {
          var sum: Float = 0
          for (offset, weight) in tap.weights.enumerated() { sum += weight * values[line + tap.first + offset] }
          rows[row * target + column] = sum
        }
      }
      for (row, tap) in taps.enumerated() {
        for column in 0..<target {
          var sum: Float = 0
          for (offset, weight) in tap.weights.enumerated() {
            sum += weight * rows[(tap.first + offset) * target + column]
          }
          result.values[(channel * target + row) * target + column] = sum
        }
      }
    }
    return result
  }

  /// The triangle filter's weights for one target sample, widened when the image shrinks.
  private static func taps(at index: Int, from: Int, to: Int) -> (first: Int, weights: [Float]) {
    let ratio = Float(from) / Float(to)
    let reach = max(1, ratio)
    let centre = (Float(index) + 0.5) * ratio - 0.5
    let first = max(0, Int((centre - reach).rounded(.up)))
    let last = min(from - 1, Int((centre + reach).rounded(.down)))
    let weights = (first...max(first, last)).map { max(0, 1 - abs(Float($0) - centre) / reach) }
    let sum = weights.reduce(0, +)
    return sum > 0 ? (first, weights.map { $0 / sum }) : (min(max(0, Int(centre.rounded())), from - 1), [1])
  }
}
