/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): a keyed bijection of 128-bit
/// counters whose outputs pass for random. No state: the same key and counter give the same four words anywhere.
public struct Philox: Sendable, Hashable {
  /// The two halves of the 64-bit key, low first.
  public var key: SIMD2<UInt32>

  public init(key: UInt64) {
    self.key = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
  }

  /// The four random words of one counter.
  public func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var state = counter
    var key = self.key
    for round in 0..<10 {
      if round > 0 { key = key &+ SIMD2(0x9E37_79B9, 0xBB67_AE85) }
      let first = UInt32(0xD251_1F53).multipliedFullWidth(by: state[0])
      let second = UInt32(0xCD9E_8D57).multipliedFullWidth(by: state[2])
      state = SIMD4(
        second.high ^ state[1] ^ key[0], second.low,
        first.high ^ state[3] ^ key[1], first.low)
    }
    return state
  }
}
