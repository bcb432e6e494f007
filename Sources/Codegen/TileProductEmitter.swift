import BufferIR
import LLVMKit
import Support
import TensorIR

/// Emits a product as tiles of registers: a thread takes blocks of rows, packs their part of A into strips unless it can be
/// read where it stands, and runs the tiles of each panel of B over them, pass by pass along K. Each pass is offered in pieces,
/// groups of panels, to threads that are done with their own part: who is fast helps who is slow.
struct TileProductEmitter {
  let frame: KernelFrame
  let product: ProductKernel
  let tile: TileEmitter
  private let function: FunctionRef
  /// What computes the last panel if a third of its columns or more do not exist.
  private let narrow: FunctionRef?
  var e: Emitter { frame.emitter }

  private var operand: PackedElement {
    PackedElement(e: e, operand: product.operand, isPaired: product.isPaired)
  }

  /// `tiles`: notes the tiles it calls. The kernel's streams are numbered (`KernelFamily`).
  init(_ module: ModuleBuilder, tiles: TileLibrary, _ product: ProductKernel, name: String, streams: Int) {
    func tile(_ columns: Int?) -> TileEmitter {
      TileEmitter(
        module.target, isTurned: product.c.column != 1,
        isPaired: product.isPaired, readsRows: product.readsRows, columns: columns)
    }
    self.tile = tile(nil)
    precondition(product.tile == self.tile.shape.tile, "lowered for another processor's tiles")
    function = tiles.function(self.tile, in: module)
    let rest = product.n % self.tile.width
    let last = tile(rest)
    narrow = rest > 0 && last.width < self.tile.width ? tiles.function(last, in: module) : nil
    frame = KernelFrame(module, name: name, streams: streams)
    self.product = product
  }

  private struct Epilogue {
    let body: LoopEmitter.Body
    /// nil where it runs on whole rows: the processor foresees such long streams better by itself.
    let prefetch: EpiloguePrefetch?
    let itemsPerRow: Int
    /// Whether it runs on some columns of the rows at a time.
    let isColumnwise: Bool
    /// Columns that it takes together must begin at multiples of this.
    let grain: Int
  }

  private func epilogue() -> Epilogue? {
    product.epilogue.map { epilogue in
      let loop = LoopEmitter(frame, epilogue.loop)
      let operands = (0..<loop.operandCount).map { frame.operand(2 + $0) }
      let body = loop.body(operands)
      let items = epilogue.itemsPerRow(product.m)
      let isColumnwise = items == 1 && !epilogue.loop.innerReduced && epilogue.loop.inner == product.n
      return Epilogue(
        body: body,
        prefetch: isColumnwise ? EpiloguePrefetch(frame, epilogue.loop, operands) : nil,
        itemsPerRow: items * body.blocks, isColumnwise: isColumnwise,
        grain: loop.batchedVectors { _ in true } > 1 ? DropoutBatch.size : loop.lanes)
    }
  }

  func emit() throws(Diagnostic) {
    let epilogue = epilogue()
    let (a, b, c) = (frame.operand(0), frame.operand(1), frame.operand(2))
    let count = product.batch.reduce(1, *)
    let byBatch = count >= ProductEmitter.longBatch
    let matrices = byBatch ? frame.share(of: count) : (e.i64(0), e.i64(count))
    // Only of one matrix are there others to help.
    try SharedPart.each(frame, helps: count == 1) { (owner, shared) throws(Diagnostic) in
      let part = part(of: owner, isWhole: byBatch, epilogue?.grain ?? 1)
      let strips = frame.scratch(of: owner)
      try e.loop(from: matrices.0, to: matrices.1, unrolling: .never) { index throws(Diagnostic) in
        let at = frame.coordinates(index, product.batch)
        let a = operand.address(a, frame.dot(at, product.a.batch))
        let b = e.gep(e.f32, b, e.mul(index, e.i64(PackKernel.count(steps: product.steps, n: product.n))))
        let c = e.gep(e.f32, c, frame.dot(at, product.c.batch))
        try shared.run(
          units: part.units, pieces: part.pieces,
          prepare: { left(part.unit($0), a, strips).pack() },
          compute: { (number, piece) throws(Diagnostic) in
            let unit = part.unit(number)
            try emit(unit, part.panels(number, piece), left(unit, a, strips), b, c, epilogue)
          },
          complete: { (unit) throws(Diagnostic) in try emitRows(part.unit(unit), epilogue) })
      }
    }
    e.ret()
  }

  /// A thread's rows of all panels, or, of products with few rows, its panels; or all.
  private func part(of owner: Value, isWhole: Bool, _ grain: Int) -> ProductPart {
    let byRows = product.epilogue != nil || product.m >= product.n || product.m >= 4 * tile.rows
    let together = product.epilogue?.rowGrain(product.m) ?? 1
    let panels = tile.shape.panels(product.n)
    let rows =
      isWhole || !byRows
      ? (e.i64(0), e.i64(product.m))
      : frame.share(of: product.m, grain: together == 1 ? tile.rows : together, thread: owner)
    let ownPanels = isWhole || byRows ? (e.i64(0), e.i64(panels)) : frame.share(of: panels, thread: owner)
    return ProductPart(e, product, tile, rows: rows, panels: ownPanels, grain: grain)
  }

  /// A unit's part of A.
  private func left(_ unit: ProductPart.Unit, _ a: Value, _ strips: Value) -> LeftOperand {
    let column = e.mul(unit.from, e.i64(product.a.column * operand.perStep))
    return LeftOperand(
      frame, operand, operand.address(a, e.add(e.mul(unit.rows.0, e.i64(product.a.row)), column)),
      row: product.a.row, column: product.a.column, count: unit.count, depth: unit.depth, rows: tile.rows,
      strips: strips, isRead: product.readsRows)
  }

  /// Some panels of a unit, and the epilogue on their columns if they are complete.
  private func emit(
    _ unit: ProductPart.Unit, _ panels: (Value, Value), _ left: LeftOperand, _ b: Value, _ c: Value,
    _ epilogue: Epilogue?
  ) throws(Diagnostic) {
    e.loop(from: panels.0, to: panels.1, unrolling: .never) { panel in
      let start = e.gep(e.f32, b, e.mul(e.add(e.mul(panel, e.i64(product.steps)), unit.from), e.i64(tile.width)))
      emit(panel, unit, left, start, c, epilogue?.prefetch)
    }
    guard let epilogue, epilogue.isColumnwise else { return }
    try e.ifThen(unit.isLastPass) { () throws(Diagnostic) in
      let columns = e.smin(e.mul(panels.1, e.i64(tile.width)), e.i64(product.n))
      try epilogue.body.emit(rows: unit.rows, columns: (e.mul(panels.0, e.i64(tile.width)), columns))
    }
  }

  /// The epilogue on whole rows, if it is such and they are complete.
  private func emitRows(_ unit: ProductPart.Unit, _ epilogue: Epilogue?) throws(Diagnostic) {
    guard let epilogue, !epilogue.isColumnwise else { return }
    let items = e.i64(epilogue.itemsPerRow)
    try e.ifThen(unit.isLastPass) { () throws(Diagnostic) in
      try epilogue.body.emit(e.mul(unit.rows.0, items), e.mul(unit.rows.1, items))
    }
  }

  /// The tiles of one panel.
  private func emit(
    _ panel: Value, _ unit: ProductPart.Unit, _ left: LeftOperand, _ start: Value, _ c: Value,
    _ prefetch: EpiloguePrefetch?
  ) {
    let adds = product.accumulates ? e.i32(1) : e.zext(e.icmp(.ne, unit.pass, e.i64(0)), to: e.i32)
    let column = e.mul(panel, e.i64(tile.width))
    let next = e.gep(e.f32, start, product.steps * tile.width)
    e.loop(from: e.i64(0), to: unit.count, step: tile.rows, unrolling: .never) { row in
      if let prefetch, !prefetch.isEmpty {
        e.ifThen(unit.isLastPass) {
          prefetch.emit(e.add(unit.rows.0, row), count: tile.rows, column, width: tile.width)
        }
      }
      // The first tiles of a panel ask for the next one: 16 bytes each for every step along K.
      let number = e.smin(e.udiv(row, e.i64(tile.rows)), e.i64(tile.width / 4 - 1))
      let ahead = e.gep(e.f32, next, e.mul(number, e.mul(unit.depth, e.i64(4))))
      let operands = [
        left.tile(at: row, rows: tile.rows, depth: unit.depth), e.i64(left.rowBytes ?? 0), start,
        element(c, e.add(unit.rows.0, row), product.c.row, column, product.c.column), unit.depth,
        e.i64(tile.isTurned ? product.c.column : product.c.row), e.sub(unit.count, row),
        e.sub(e.i64(product.n), column), adds, ahead,
      ]
      guard let narrow else {
        e.call(function, operands)
        return
      }
      e.ifThen(e.icmp(.sle, column, e.i64(product.n - tile.width))) {
        e.call(function, operands)
      } else: {
        e.call(narrow, operands)
      }
    }
  }

  private func element(_ base: Value, _ row: Value, _ rowStride: Int, _ column: Value, _ columnStride: Int) -> Value {
    e.gep(e.f32, base, e.add(e.mul(row, e.i64(rowStride)), e.mul(column, e.i64(columnStride))))
  }
}
