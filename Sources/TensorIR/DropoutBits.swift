import Support

extension Philox {
  /// The 32 bits that decide about element `index` of a dropout (see `Dropout`).
  public static func dropoutBits(index: Int, stream: Int, seed: Int64) -> UInt32 {
    let lane = UInt64(index / 64 * 16 + index % 16)
    let words = Philox(key: UInt64(bitPattern: seed)).block(
      SIMD4(
        UInt32(truncatingIfNeeded: lane), UInt32(truncatingIfNeeded: lane >> 32), UInt32(truncatingIfNeeded: stream), 0
      ))
    return words[index / 16 % 4]
  }
}
