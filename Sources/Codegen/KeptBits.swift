import LLVMKit

/// Which elements of a row dropout keeps, one bit each, in memory of the thread: rows may begin anywhere in the blocks of 64
/// that share one call of Philox, so the blocks that hold a row are drawn whole, once.
struct KeptBits {
  private let e: Emitter
  private let memory: Value

  /// Emit it in the entry block: it takes stack memory for `count` elements, and what is read beside them.
  init(_ e: Emitter, count: Int) {
    self.e = e
    memory = e.alloca(e.i8, count: (count / DropoutBatch.size + 2) * DropoutBatch.size / 8 + 8)
  }

  /// Draws the bits of elements `start ..< start + count`.
  func draw(_ philox: PhiloxEmitter, from start: Value, count: Int, threshold: UInt32) {
    let first = e.and(start, e.i64(-DropoutBatch.size))
    let end = e.add(start, e.i64(count))
    e.loop(from: first, to: end, step: DropoutBatch.size, unrolling: .never) { base in
      let place = e.gep(e.i8, memory, e.lshr(e.sub(base, first), e.i64(3)))
      for (part, words) in philox.words64(base: base).enumerated() {
        let mask = e.bitcast(philox.keep(words, threshold: threshold), to: e.i16)
        e.store(mask, e.gep(e.i16, place, part))
      }
    }
  }

  /// The bits of 16 elements; `offset` counts from the first of the block that holds the row's first.
  func load(_ offset: Value) -> Value {
    let word = e.load(e.i32, e.gep(e.i8, memory, e.lshr(offset, e.i64(3))), alignment: 1)
    let bits = e.lshr(word, e.trunc(e.and(offset, e.i64(7)), to: e.i32))
    return e.bitcast(e.trunc(bits, to: e.i16), to: e.i1.vector(16))
  }
}
