import BufferIR
import LLVMKit

/// A block of A as tiles read it: where it stands if its rows hold what is multiplied, and packed into strips otherwise.
struct LeftOperand {
  private let e: Emitter
  private let address: Value
  /// Bytes from one row to the next; nil in strips.
  let rowBytes: Int?
  private let packing: () -> Void

  /// `count` rows from `source` on, `depth` steps along K each. `rows`: those of a tile; `strips`: memory for them;
  /// `isRead`: whether tiles read its rows, which then hold what is multiplied.
  init(
    _ frame: KernelFrame, _ element: PackedElement, _ source: Value, row: Int, column: Int, count: Value, depth: Value,
    rows: Int, strips: Value, isRead: Bool
  ) {
    e = frame.emitter
    if isRead {
      (address, rowBytes, packing) = (source, row * element.operand.byteSize, {})
      return
    }
    (address, rowBytes) = (strips, nil)
    packing = {
      StripPacking(
        frame: frame, element: element, row: row, column: column, rows: rows
      ).emit(source, count, depth, into: strips)
    }
  }

  /// Fills the strips, if there are any.
  func pack() { packing() }

  /// Where the tile stands that begins at `row`, a multiple of its `rows`.
  func tile(at row: Value, rows: Int, depth: Value) -> Value {
    if let rowBytes { return e.gep(e.i8, address, e.mul(row, e.i64(rowBytes))) }
    return e.gep(e.f32, address, e.mul(row, depth))
  }
}
