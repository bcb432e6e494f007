import LLVMKit

/// Copies a block of A's rows into strips: for each strip and each column (or pair of columns) the elements (or pairs) of its
/// rows side by side.
struct StripPacking {
  let frame: KernelFrame
  let element: PackedElement
  /// A's strides; one of them is 1.
  let row: Int
  let column: Int
  /// Rows of a strip.
  let rows: Int
  var e: Emitter { frame.emitter }

  /// Columns asked for ahead.
  private static let ahead = 24

  /// Packs `count` rows from `source` on, `depth` steps along K each, into consecutive strips of `rows·depth` elements.
  func emit(_ source: Value, _ count: Value, _ depth: Value, into target: Value) {
    let strips = e.udiv(e.add(count, e.i64(rows - 1)), e.i64(rows))
    if column == 1 {
      e.loop(from: e.i64(0), to: strips, unrolling: .never) { strip in
        transpose(source, e.mul(strip, e.i64(rows)), count, depth, e.gep(e.f32, target, offset(strip, depth)))
      }
    } else {
      copy(source, count, depth, strips, target)
    }
  }

  private func offset(_ strip: Value, _ depth: Value) -> Value { e.mul(strip, e.mul(depth, e.i64(rows))) }

  /// Rows are contiguous: pieces of them are transposed in registers. Rows beyond the last, of the block or of the strip, are
  /// read as it; what is more than a strip's rows lands where its next column will be, columns beyond the last where the next
  /// strip will be.
  private func transpose(_ source: Value, _ first: Value, _ count: Value, _ depth: Value, _ target: Value) {
    let lanes = frame.lanes
    let starts = (0..<TileShape.transposedRows).map { index in
      let place = e.smin(e.add(first, e.i64(min(index, rows - 1))), e.sub(count, e.i64(1)))
      return element.address(source, e.mul(place, e.i64(row)))
    }
    func block(_ k: Value, _ mask: Value?) {
      let values = starts.map { start in
        element.alongK(element.address(start, e.mul(k, e.i64(element.perStep))), lanes, mask)
      }
      let place = e.gep(e.f32, target, e.mul(k, e.i64(rows)))
      for (index, vector) in e.transposed(values).enumerated() {
        let (column, row) = (index * lanes).quotientAndRemainder(dividingBy: TileShape.transposedRows)
        e.store(vector, e.gep(e.f32, place, column * rows + row))
      }
    }
    let whole = e.and(depth, e.i64(-lanes))
    e.loop(from: e.i64(0), to: whole, step: lanes, unrolling: .never) { block($0, nil) }
    e.ifThen(e.icmp(.slt, whole, depth)) { block(whole, e.laneMask(e.sub(depth, whole), lanes: lanes)) }
  }

  /// Columns are contiguous: column by column, all strips at once.
  private func copy(_ source: Value, _ count: Value, _ depth: Value, _ strips: Value, _ target: Value) {
    let whole = e.udiv(count, e.i64(rows))
    let rest = e.laneMask(e.sub(count, e.mul(whole, e.i64(rows))), lanes: rows)
    e.loop(from: e.i64(0), to: depth, unrolling: .never) { k in
      let start = element.address(source, e.mul(k, e.i64(column * element.perStep)))
      let second = element.address(start, column)
      let later = element.address(start, Self.ahead * column)
      func place(_ strip: Value) -> Value {
        e.gep(e.f32, e.gep(e.f32, target, offset(strip, depth)), e.mul(k, e.i64(rows)))
      }
      e.loop(from: e.i64(0), to: whole, unrolling: .times(2)) { strip in
        let at = e.mul(strip, e.i64(rows))
        e.prefetch(element.address(later, at), locality: 2)
        if element.isPaired { e.prefetch(element.address(element.address(later, column), at), locality: 2) }
        e.store(element.acrossK(element.address(start, at), next: element.address(second, at), rows, nil), place(strip))
      }
      e.ifThen(e.icmp(.slt, whole, strips)) {
        let at = e.mul(whole, e.i64(rows))
        e.store(
          element.acrossK(element.address(start, at), next: element.address(second, at), rows, rest), place(whole))
      }
    }
  }
}
