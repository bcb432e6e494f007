import LLVMKit

/// The random bits of `dropout` (see `TensorIR.Dropout`) as vector code: element i takes word (i / 16) mod 4 of
/// Philox-4x32-10 (Salmon et al., SC'11) for the counter ((i / 64)·16 + i mod 16, stream, 0), the seed as key.
package struct PhiloxEmitter {
  private let e: Emitter
  private let stream: Value
  /// The key of each round, one `i32` pair.
  private let keys: [(Value, Value)]

  /// Emits the key schedule at the current position: do so outside the loop.
  /// - Parameters:
  ///   - seed: `i64`.
  ///   - stream: `i32`.
  package init(_ e: Emitter, seed: Value, stream: Value) {
    self.e = e
    self.stream = stream
    var k0 = e.trunc(seed, to: e.i32)
    var k1 = e.trunc(e.lshr(seed, e.i64(32)), to: e.i32)
    var keys = [(k0, k1)]
    for _ in 1..<10 {
      k0 = e.add(k0, e.i32(0x9E37_79B9))
      k1 = e.add(k1, e.i32(0xBB67_AE85))
      keys.append((k0, k1))
    }
    self.keys = keys
  }

  /// The bits of elements base ..< base + lanes, for any base (`i64`): `<lanes x i32>`.
  package func words(base: Value, lanes: Int) -> Value {
    words(indices: e.add(e.splat(base, lanes), e.iota(e.i64, lanes)))
  }

  /// The bits of the elements at these indices (a vector of `i64`): a vector of `i32`.
  package func words(indices index: Value) -> Value {
    func number(_ value: Int) -> Value { e.constant(index.type, value) }
    let counter = e.or(e.shl(e.lshr(index, number(6)), number(4)), e.and(index, number(15)))
    let words = rounds(e.trunc(counter, to: e.i32), e.trunc(e.lshr(counter, number(32)), to: e.i32))
    return pick(words, e.trunc(e.and(e.lshr(index, number(4)), number(3)), to: e.i32))
  }

  /// The bits of elements base ..< base + 16, where base (`i64`) is a multiple of 16: `<16 x i32>`.
  package func words16(base: Value) -> Value {
    pick(block(base: base), e.trunc(e.and(e.lshr(base, e.i64(4)), e.i64(3)), to: e.i32))
  }

  /// The bits of elements base ..< base + 64, where base (`i64`) is a multiple of 64: four `<16 x i32>` in order, for
  /// little more than the price of one.
  package func words64(base: Value) -> [Value] { block(base: base) }

  /// Which of the elements base ..< base + lanes are kept: `<lanes x i1>`.
  /// - Parameters:
  ///   - threshold: `Dropout.threshold`.
  ///   - isMultipleOf16: whether base is known to be one.
  package func keep(base: Value, lanes: Int, threshold: UInt32, isMultipleOf16: Bool = false) -> Value {
    let isBlock = lanes == 16 && isMultipleOf16
    return keep(isBlock ? words16(base: base) : words(base: base, lanes: lanes), threshold: threshold)
  }

  /// Which elements with these bits are kept.
  package func keep(_ words: Value, threshold: UInt32) -> Value {
    e.icmp(.uge, words, e.constant(words.type, Int(threshold)))
  }

  /// All four words of the 16 counters of the block of 64 elements that holds `base`, a multiple of 16. The counters of
  /// a block share all bits but the lowest four, so no lane carries.
  private func block(base: Value) -> [Value] {
    let counter = e.shl(e.lshr(base, e.i64(6)), e.i64(4))
    let low = e.or(e.splat(e.trunc(counter, to: e.i32), 16), e.iota(e.i32, 16))
    return rounds(low, e.splat(e.trunc(e.lshr(counter, e.i64(32)), to: e.i32), 16))
  }

  private func rounds(_ low: Value, _ high: Value) -> [Value] {
    let lanes = low.lanes
    var c = [low, high, e.splat(stream, lanes), e.zero(low.type)]
    for (k0, k1) in keys {
      let (low0, high0) = product(c[0], 0xD251_1F53)
      let (low1, high1) = product(c[2], 0xCD9E_8D57)
      c = [
        e.xor(e.xor(high1, c[1]), e.splat(k0, lanes)), low1,
        e.xor(e.xor(high0, c[3]), e.splat(k1, lanes)), low0,
      ]
    }
    return c
  }

  /// The low and high halves of the 64-bit products of 32-bit lanes with a constant. For the high half, even and odd
  /// lanes multiply in place, as halves of 64-bit lanes; an odd number of lanes is widened instead.
  private func product(_ a: Value, _ factor: Int) -> (low: Value, high: Value) {
    let low = e.mul(a, e.constant(a.type, factor))
    if a.lanes % 2 == 1 {
      let wide = e.mul(e.zext(a, to: e.i64), e.constant(a.type.with(element: e.i64), factor))
      return (low, e.trunc(e.lshr(wide, e.constant(wide.type, 32)), to: e.i32))
    }
    let pairs = e.i64.vector(a.lanes / 2)
    func number(_ value: Int) -> Value { e.constant(pairs, value) }
    let both = e.bitcast(a, to: pairs)
    let even = e.mul(e.and(both, number(0xFFFF_FFFF)), number(factor))
    let odd = e.mul(e.lshr(both, number(32)), number(factor))
    let high = e.or(e.lshr(even, number(32)), e.and(odd, number(-0x1_0000_0000)))
    return (low, e.bitcast(high, to: a.type))
  }

  /// `words[choice]`, where the choice (0…3) is one `i32` or one per lane.
  private func pick(_ words: [Value], _ choice: Value) -> Value {
    func bit(_ mask: Int) -> Value { e.icmp(.ne, e.and(choice, e.constant(choice.type, mask)), e.zero(choice.type)) }
    let isOdd = bit(1)
    return e.select(bit(2), e.select(isOdd, words[3], words[2]), e.select(isOdd, words[1], words[0]))
  }
}
