import BufferIR
import LLVMKit

/// The small products inside attention, each computed by one thread: by OpenBLAS, or by tiles of registers over operands
/// that are packed, and with pairs rounded to bf16, on the way unless they can be read where they stand.
struct HeadProducts {
  let frame: KernelFrame
  let kernel: AttentionKernel
  private let tiles: TileLibrary
  private var e: Emitter { frame.emitter }

  private func packed(_ matrix: GemmMatrix) -> PackedElement {
    PackedElement(e: e, operand: matrix.element, isPaired: kernel.isPaired)
  }

  /// `tiles`: notes the tiles it calls.
  init(_ frame: KernelFrame, tiles: TileLibrary, _ kernel: AttentionKernel) {
    (self.frame, self.tiles, self.kernel) = (frame, tiles, kernel)
    precondition(kernel.form == .library || kernel.tile == shape.tile, "lowered for another processor's tiles")
  }

  private var target: Target { e.module.target }
  private var shape: TileShape { TileShape(target) }

  /// The tile for so many columns of a panel.
  private func tile(_ columns: Int, readsRows: Bool) -> TileEmitter {
    TileEmitter(
      target, isTurned: false, isPaired: kernel.isPaired,
      readsRows: readsRows, columns: columns)
  }

  /// C = A·B, or C + A·B where `adds` holds. Of pairs, what lies behind A's last element along K must be zeros if K may be
  /// odd.
  func emit(
    m: Value, n: Int, k: Value, adds: Value? = nil, _ a: GemmMatrix, _ b: GemmMatrix, _ c: GemmMatrix
  ) {
    guard kernel.form == .tiles else {
      let beta = adds.map { e.select($0, e.f32(1), e.f32(0)) }
      frame.gemm(.f32, m: m, n: e.i64(n), k: k, a, b, beta: beta, c)
      return
    }
    let scratch = frame.scratch()
    let strips = e.gep(e.f32, scratch, kernel.stripsOffset)
    let panel = e.gep(e.f32, scratch, kernel.panelOffset)
    let steps = kernel.isPaired ? e.lshr(e.add(k, e.i64(1)), e.i64(1)) : k
    let left = LeftOperand(
      frame, packed(a), a.address, row: a.isTransposed ? 1 : a.leading, column: a.isTransposed ? a.leading : 1,
      count: m, depth: steps, rows: shape.rows, strips: strips,
      isRead: !a.isTransposed && kernel.readsRows(of: a.element))
    left.pack()
    let adds = adds.map { e.zext($0, to: e.i32) } ?? e.i32(0)
    let width = shape.width
    let whole = n / width * width
    func columns(_ column: Value, _ count: Int) {
      PanelPacking(frame: frame, element: packed(b), source: b, columns: n, width: count, pitch: width).emit(
        from: column, k, steps, into: panel)
      multiply(tile(count, readsRows: left.rowBytes != nil), count, m, steps, left, panel, column, adds, c)
    }
    e.loop(from: 0, to: whole, step: width, unrolling: .never) { columns($0, width) }
    if whole < n { columns(e.i64(whole), n - whole) }
  }

  /// The tiles of `count` columns of C from `column` on.
  private func multiply(
    _ tile: TileEmitter, _ count: Int, _ m: Value, _ steps: Value, _ left: LeftOperand, _ panel: Value, _ column: Value,
    _ adds: Value, _ c: GemmMatrix
  ) {
    let function = tiles.function(tile, in: e.module)
    e.loop(from: e.i64(0), to: m, step: tile.rows, unrolling: .never) { row in
      let target = e.gep(e.f32, c.address, e.add(e.mul(row, e.i64(c.leading)), column))
      e.call(
        function,
        [
          left.tile(at: row, rows: tile.rows, depth: steps), e.i64(left.rowBytes ?? 0), panel, target, steps,
          e.i64(c.leading), e.sub(m, row), e.i64(count), adds, panel,
        ])
    }
  }
}
