/// Ways in which published code moves a table of positions to another grid; both cubic, separately along each axis.
public enum GridInterpolation: String, Sendable, Hashable, CaseIterable {
  /// Four neighbours, cubic convolution with a = −0.75, the border repeated; a smaller grid is sampled. PyTorch's `interpolate`
  /// with `mode="bicubic", align_corners=False`, as MAE, BEiT and the segmentation code of MRM use it.
  case bicubic
  /// Cubic convolution with a = −0.5, stretched when the grid shrinks, over the table only, weights summing to 1. The same with
  /// `antialias=True`, as timm 0.8 and later use it.
  case antialiased

  /// What one place of the new axis takes of neighbouring places of the old.
  struct Taps: Sendable, Hashable {
    /// The first old place.
    var first: Int
    /// For `first` and the places after it.
    var weights: [Double]
  }

  /// The taps of each of `count` new places on an axis that had `old`.
  func taps(from old: Int, to count: Int) -> [Taps] {
    let scale = Double(old) / Double(count)
    return (0..<count).map { index in
      let centre = (Double(index) + 0.5) * scale
      return self == .bicubic ? Self.sampled(at: centre - 0.5, of: old) : Self.averaged(at: centre, scale, of: old)
    }
  }

  private static func sampled(at place: Double, of old: Int) -> Taps {
    let floor = Int(place.rounded(.down))
    let range = max(0, floor - 1)...min(old - 1, floor + 2)
    var taps = Taps(first: range.lowerBound, weights: Array(repeating: 0, count: range.count))
    for neighbour in floor - 1...floor + 2 {
      let kept = min(max(neighbour, range.lowerBound), range.upperBound)
      taps.weights[kept - range.lowerBound] += cubic(place - Double(neighbour), -0.75)
    }
    return taps
  }

  private static func averaged(at centre: Double, _ scale: Double, of old: Int) -> Taps {
    let stretch = max(1, scale)
    let low = max(0, Int(centre - 2 * stretch + 0.5))
    let high = min(old, Int(centre + 2 * stretch + 0.5))
    let weights = (low..<high).map { cubic((Double($0) + 0.5 - centre) / stretch, -0.5) }
    let sum = weights.reduce(0, +)
    return Taps(first: low, weights: weights.map { $0 / sum })
  }

  /// Cubic convolution's kernel (Keys, 1981).
  private static func cubic(_ distance: Double, _ a: Double) -> Double {
    let x = abs(distance)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
