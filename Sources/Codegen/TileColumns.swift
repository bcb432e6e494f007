import LLVMKit

/// The columns of A as a tile reads them, an element a row.
struct TileColumns {
  private let e: Emitter
  private let packed: Type
  /// Where the rows start; the elements of a row are as many apart as `pitch`.
  private let starts: [Value]
  private let pitch: Int

  /// Elements beyond the present one that rows in memory are asked for: unlike a strip, they are more streams than the
  /// processor foresees by itself.
  private static let ahead = 64

  /// A strip: the rows side by side.
  init(_ e: Emitter, _ packed: Type, rows: Int, strip: Value) {
    (self.e, self.packed, pitch) = (e, packed, rows)
    starts = (0..<rows).map { e.gep(packed, strip, $0) }
  }

  /// Rows in memory; those beyond the last of `count` are read as the last.
  init(_ e: Emitter, _ packed: Type, rows: Int, _ a: Value, rowBytes: Value, count: Value) {
    (self.e, self.packed, pitch) = (e, packed, 1)
    let last = e.sub(count, e.i64(1))
    starts = (0..<rows).map { e.gep(e.i8, a, e.mul(e.smin(e.i64($0), last), rowBytes)) }
  }

  func elements(at index: Value) -> [Value] {
    // Two elements of bf16 stand where one of them may.
    let alignment = packed == e.i32 ? 2 : 4
    return starts.map {
      e.load(packed, e.gep(packed, $0, pitch == 1 ? index : e.mulIndex(index, e.i64(pitch))), alignment: alignment)
    }
  }

  /// Asks for what is read soon after `index`.
  func ask(beyond index: Value) {
    guard pitch == 1 else { return }
    for start in starts { e.prefetch(e.gep(packed, e.gep(packed, start, index), Self.ahead)) }
  }
}
