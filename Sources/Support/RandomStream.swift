/// What random numbers are for. Streams of different purposes never share a number.
public enum RandomPurpose: UInt32, Sendable, Hashable, CaseIterable {
  /// The order of the records in an epoch.
  case order = 1
  /// The crop and the flip of one image.
  case crop = 2
  /// Which words of one report are masked.
  case reportMask = 3
  /// The noise whose order decides which patches of one image stay visible.
  case imageNoise = 4
  /// The seed of one step's dropout.
  case dropout = 5
  /// The order in which a fraction of a list takes its records.
  case subset = 6
  /// The records of one bootstrap sample.
  case bootstrap = 7
}

/// A stream of random numbers named by (seed, purpose, epoch, index): it starts at the same number whenever and
/// wherever it is made, so that a batch depends on nothing but the seed and its place in training.
public struct RandomStream: Sendable {
  private let philox: Philox
  private var counter: SIMD4<UInt32>
  private var words = SIMD4<UInt32>()
  private var used = 4

  /// `index` is a record or a batch: 0 ..< 2^56. Only the low 32 bits of `epoch` count.
  public init(seed: UInt64, purpose: RandomPurpose, epoch: Int, index: Int) {
    philox = Philox(key: seed)
    let place = UInt64(truncatingIfNeeded: index)
    counter = SIMD4(
      0, UInt32(truncatingIfNeeded: place), UInt32(truncatingIfNeeded: epoch),
      purpose.rawValue | UInt32(truncatingIfNeeded: place >> 32) << 8)
  }

  /// The next 32 random bits.
  public mutating func nextWord() -> UInt32 {
    if used == 4 {
      words = philox.block(counter)
      counter[0] &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// Uniform in [0, 1), a multiple of 2^-24.
  public mutating func nextFloat() -> Float {
    Float(nextWord() >> 8) * 0x1p-24
  }

  /// Uniform in [0, 1), a multiple of 2^-53.
  public mutating func nextDouble() -> Double {
    let high = UInt64(nextWord())
    return Double((high << 32 | UInt64(nextWord())) >> 11) * 0x1p-53
  }

  /// Uniform in `low` ..< `high`.
  public mutating func nextDouble(in range: Range<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * nextDouble()
  }

  /// An integer in 0 ..< `count`, for 1 <= `count` <= 2^32; uniform to within `count` parts in 2^64.
  public mutating func nextInt(below count: Int) -> Int {
    let high = UInt64(nextWord())
    return Int((high << 32 | UInt64(nextWord())).multipliedFullWidth(by: UInt64(count)).high)
  }
}
