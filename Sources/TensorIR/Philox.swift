/// Philox-4x32-10 (Salmon et al., SC'11): random bits as a function of a counter and a key.
public enum Philox {
  /// Four random words for one counter and key.
  public static func words(counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)) -> (
    UInt32, UInt32, UInt32, UInt32
  ) {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let p0 = UInt64(c0) &* 0xD251_1F53
      let p1 = UInt64(c2) &* 0xCD9E_8D57
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }

  /// The 32 bits that decide about element `index` of a dropout (see `Dropout`).
  public static func dropoutBits(index: Int, stream: Int, seed: Int64) -> UInt32 {
    let lane = UInt64(index / 64 * 16 + index % 16)
    let key = UInt64(bitPattern: seed)
    let (a, b, c, d) = words(
      counter: (
        UInt32(truncatingIfNeeded: lane), UInt32(truncatingIfNeeded: lane >> 32), UInt32(truncatingIfNeeded: stream), 0
      ),
      key: (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
    switch index / 16 % 4 {
    case 0: return a
    case 1: return b
    case 2: return c
    default: return d
    }
  }
}
