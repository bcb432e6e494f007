/// Reproducible test numbers: SplitMix64 (Steele, Lea, Flood, OOPSLA'14).
public struct RandomSource: Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// U[0, 1), a multiple of 2⁻²⁴, so exact in f32.
  public mutating func unit() -> Double { Double(bits() >> 40) * 0x1p-24 }

  /// U[low, high), rounded to f32.
  public mutating func uniform(_ low: Double, _ high: Double) -> Double { Double(Float(low + (high - low) * unit())) }

  /// A uniform integer of the range.
  public mutating func integer(_ range: Range<Int>) -> Int64 {
    Int64(range.lowerBound) + Int64(bits() % UInt64(range.count))
  }

  /// 0 ..< count in random order.
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, Int(integer(0..<i + 1))) }
    return order
  }
}
