import BufferIR
import LLVMKit

/// The small products inside attention, each computed by one thread: by OpenBLAS, or by tiles of registers over operands
/// that are packed, and with pairs rounded to bf16, on the way unless they can be read where they stand.
struct HeadProducts {
  let frame: KernelFrame
  let kernel: AttentionKernel
  private let module: ModuleBuilder
  private let tiles: ModuleBuilder
  private var e: Emitter { frame.emitter }
  private func packed(_ matrix: GemmMatrix) -> PackedElement {
    PackedElement(e: e, operand: matrix.element, isPaired: kernel.isPaired)
  }

  /// `tiles`: the module that holds the tiles' functions.
  init(_ frame: KernelFrame, _ module: ModuleBuilder, tiles: ModuleBuilder, _ kernel: AttentionKernel) {
    (self.frame, self.module, self.tiles, self.kernel) = (frame, module, tiles, kernel)
  }

  /// The tile for so many columns of a panel.
  private func tile(_ columns: Int, readsRows: Bool) -> TileEmitter {
    TileEmitter(
      module, library: tiles, stripRows: ProductKernel.stripRows, panelWidth: PackKernel.width, isTurned: false,
      isPaired: kernel.isPaired, readsRows: readsRows, columns: columns)
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
    let scratch = e.function.parameter(3)
    let strips = e.gep(e.f32, scratch, kernel.stripsOffset)
    let panel = e.gep(e.f32, scratch, kernel.panelOffset)
    let steps = kernel.isPaired ? e.lshr(e.add(k, e.i64(1)), e.i64(1)) : k
    let left = LeftOperand(
      frame, packed(a), a.address, row: a.isTransposed ? 1 : a.leading, column: a.isTransposed ? a.leading : 1,
      count: m, depth: steps, rows: tile(PackKernel.width, readsRows: false).rows, strips: strips)
    let adds = adds.map { e.zext($0, to: e.i32) } ?? e.i32(0)
    let whole = n / PackKernel.width * PackKernel.width
    func columns(_ column: Value, _ count: Int) {
      PanelPacking(frame: frame, element: packed(b), source: b, columns: n, width: count).emit(
        from: column, k, steps, into: panel)
      tiles(tile(count, readsRows: left.rowBytes != nil), count, m, steps, left, panel, column, adds, c)
    }
    e.loop(from: 0, to: whole, step: PackKernel.width, unrolling: .never) { columns($0, PackKernel.width) }
    if whole < n { columns(e.i64(whole), n - whole) }
  }

  /// The tiles of `count` columns of C from `column` on.
  private func tiles(
    _ tile: TileEmitter, _ count: Int, _ m: Value, _ steps: Value, _ left: LeftOperand, _ panel: Value, _ column: Value,
    _ adds: Value, _ c: GemmMatrix
  ) {
    let function = tile.function()
    e.loop(from: e.i64(0), to: m, step: tile.rows, unrolling: .never) { row in
      let place = left.tile(at: row, rows: tile.rows, depth: steps)
      for part in stride(from: 0, to: count, by: tile.width) {
        let target = e.gep(e.f32, c.address, e.add(e.mul(row, e.i64(c.leading)), e.add(column, e.i64(part))))
        e.call(
          function,
          [
            place, e.i64(left.rowBytes ?? 0), e.gep(e.f32, panel, part), target, steps, e.i64(c.leading), e.sub(m, row),
            e.i64(count - part), adds, panel,
          ])
      }
    }
  }
}
