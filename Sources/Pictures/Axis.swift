import Glibc
import Support

/// Maps values to pixels along one edge of a chart, with round ticks.
struct Axis {
  let low: Double
  let high: Double
  /// The pixels of `low` and `high`.
  let from: Double
  let to: Double
  let isLogarithmic: Bool
  let ticks: [Double]

  /// A linear axis; the ends are widened to the ticks when `rounded`.
  init(_ range: ClosedRange<Double>, pixels from: Double, _ to: Double, count: Int = 6, rounded: Bool = true) {
    var (low, high) = (range.lowerBound, range.upperBound)
    if high - low < 1e-12 * max(1, abs(high)) {
      let pad = max(0.5, abs(high) * 0.1)
      (low, high) = (low - pad, high + pad)
    }
    let step = Self.step((high - low) / Double(max(1, count)))
    if rounded { (low, high) = ((low / step + 1e-9).rounded(.down) * step, (high / step - 1e-9).rounded(.up) * step) }
    let first = Int((low / step - 1e-9).rounded(.up))
    let last = Int((high / step + 1e-9).rounded(.down))
    (self.low, self.high, self.from, self.to) = (low, high, from, to)
    isLogarithmic = false
    ticks = first <= last ? (first...last).map { Double($0) * step } : [low]
  }

  /// A logarithmic axis over a range of positive values, with ticks at 1, 2 and 5 of each decade.
  init(logarithmic range: ClosedRange<Double>, pixels from: Double, _ to: Double) {
    (low, high, self.from, self.to) = (range.lowerBound / 1.05, range.upperBound * 1.05, from, to)
    isLogarithmic = true
    let (low, high) = (range.lowerBound / 1.05, range.upperBound * 1.05)
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    let parts: [Double] = decades.count > 4 ? [1] : [1, 2, 5]
    ticks = decades.flatMap { decade in parts.map { $0 * pow(10, Double(decade)) } }.filter { $0 >= low && $0 <= high }
  }

  /// The pixel of a value.
  func place(_ value: Double) -> Double {
    let part =
      isLogarithmic
      ? (log10(max(value, low)) - log10(low)) / (log10(high) - log10(low)) : (value - low) / (high - low)
    return from + part * (to - from)
  }

  /// A tick as people write it: `0.05`, `1200`, `12k`.
  static func text(_ value: Double) -> String {
    let size = abs(value)
    if size >= 1e6 { return SVG.number(value / 1e6) + "M" }
    if size >= 1e4 { return SVG.number(value / 1e3) + "k" }
    return size < 1e-15 ? "0" : value.significant(4)
  }

  /// The least of 1, 2, 2.5 or 5 times a power of ten that is not below `rough`.
  private static func step(_ rough: Double) -> Double {
    let power = pow(10, log10(rough).rounded(.down))
    for factor in [1.0, 2, 2.5, 5] where factor * power >= rough * (1 - 1e-9) { return factor * power }
    return 10 * power
  }
}
