import BufferIR
import LLVMKit
import Support
import TensorIR

/// Emits a product as tiles of registers: a thread takes blocks of rows, packs their part of A into strips unless it can be
/// read where it stands, and runs the tiles of each panel of B over them, pass by pass along K.
struct TileProductEmitter {
  let frame: KernelFrame
  let product: ProductKernel
  let tile: TileEmitter
  private let function: FunctionRef
  /// What computes the last panel if a third of its columns or more do not exist.
  private let narrow: FunctionRef?
  var e: Emitter { frame.emitter }

  /// Columns between two runs of an epilogue: their part of a block of rows stays in cache. A multiple of 64.
  private static let group = 192

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

  /// What a thread computes of one product.
  private struct Part {
    var rows: (Value, Value)
    var panels: (Value, Value)
  }

  private struct Epilogue {
    let body: LoopEmitter.Body
    /// nil where it runs on whole rows: the processor foresees such long streams better by itself.
    let prefetch: EpiloguePrefetch?
    let itemsPerRow: Int
    /// Whether it runs on some columns of the rows at a time.
    let isColumnwise: Bool
  }

  func emit() throws(Diagnostic) {
    let epilogue = product.epilogue.map { epilogue in
      let loop = LoopEmitter(frame, epilogue.loop)
      let operands = (0..<loop.operandCount).map { frame.operand(2 + $0) }
      let body = loop.body(operands)
      let items = epilogue.itemsPerRow(product.m)
      let isColumnwise = items == 1 && !epilogue.loop.innerReduced && epilogue.loop.inner == product.n
      return Epilogue(
        body: body,
        prefetch: isColumnwise ? EpiloguePrefetch(frame, epilogue.loop, operands) : nil,
        itemsPerRow: items * body.blocks, isColumnwise: isColumnwise)
    }
    let (a, b, c) = (frame.operand(0), frame.operand(1), frame.operand(2))
    let count = product.batch.reduce(1, *)
    let byBatch = count >= ProductEmitter.longBatch
    let byRows = epilogue != nil || product.m >= product.n || product.m >= 4 * tile.rows
    let together = product.epilogue?.rowGrain(product.m) ?? 1
    let panels = tile.shape.panels(product.n)
    let all = (e.i64(0), e.i64(product.m))
    let allPanels = (e.i64(0), e.i64(panels))
    let matrices = byBatch ? frame.share(of: count) : (e.i64(0), e.i64(count))
    let part = Part(
      rows: !byBatch && byRows ? frame.share(of: product.m, grain: together == 1 ? tile.rows : together) : all,
      panels: !byBatch && !byRows ? frame.share(of: panels) : allPanels)
    try e.loop(from: matrices.0, to: matrices.1, unrolling: .never) { index throws(Diagnostic) in
      let at = frame.coordinates(index, product.batch)
      try emit(
        part, operand.address(a, frame.dot(at, product.a.batch)),
        e.gep(e.f32, b, e.mul(index, e.i64(PackKernel.count(steps: product.steps, n: product.n)))),
        e.gep(e.f32, c, frame.dot(at, product.c.batch)), epilogue)
    }
    e.ret()
  }

  private func emit(_ part: Part, _ a: Value, _ b: Value, _ c: Value, _ epilogue: Epilogue?) throws(Diagnostic) {
    // Blocks of equal length, each of whole tiles.
    let rows = e.sub(part.rows.1, part.rows.0)
    let blockTiles = product.blockStrips
    let tiles = e.udiv(e.add(rows, e.i64(tile.rows - 1)), e.i64(tile.rows))
    let blocks = e.udiv(e.add(tiles, e.i64(blockTiles - 1)), e.i64(blockTiles))
    try e.loop(from: e.i64(0), to: blocks, unrolling: .never) { index throws(Diagnostic) in
      func bound(_ index: Value) -> Value {
        let tile = e.mul(e.udiv(e.mul(index, tiles), blocks), e.i64(tile.rows))
        return e.smin(e.add(part.rows.0, tile), part.rows.1)
      }
      let block = (bound(index), bound(e.add(index, e.i64(1))))
      try e.loop(from: e.i64(0), to: e.i64(product.passes), unrolling: .never) { pass throws(Diagnostic) in
        try emit(pass, block, part.panels, a, b, c, epilogue)
      }
      if let epilogue, !epilogue.isColumnwise {
        let items = e.i64(epilogue.itemsPerRow)
        try epilogue.body.emit(e.mul(block.0, items), e.mul(block.1, items))
      }
    }
  }

  /// One pass along K over one block of rows.
  private func emit(
    _ pass: Value, _ block: (Value, Value), _ panels: (Value, Value), _ a: Value, _ b: Value, _ c: Value,
    _ epilogue: Epilogue?
  ) throws(Diagnostic) {
    let from = e.mul(pass, e.i64(product.depth))
    let depth =
      product.passes == 1
      ? e.i64(product.steps) : e.smin(e.i64(product.depth), e.sub(e.i64(product.steps), from))
    let rows = e.sub(block.1, block.0)
    let column = e.mul(from, e.i64(product.a.column * operand.perStep))
    let left = LeftOperand(
      frame, operand, operand.address(a, e.add(e.mul(block.0, e.i64(product.a.row)), column)), row: product.a.row,
      column: product.a.column, count: rows, depth: depth, rows: tile.rows, strips: e.function.parameter(3),
      isRead: product.readsRows)
    let isLast = e.icmp(.eq, pass, e.i64(product.passes - 1))
    let group = Self.group / tile.width
    try e.loop(from: panels.0, to: panels.1, step: group, unrolling: .never) { first throws(Diagnostic) in
      let last = e.smin(e.add(first, e.i64(group)), panels.1)
      e.loop(from: first, to: last, unrolling: .never) { panel in
        let start = e.gep(e.f32, b, e.mul(e.add(e.mul(panel, e.i64(product.steps)), from), e.i64(tile.width)))
        emit(panel, pass, block, rows, depth, left, start, c, isLast: isLast, epilogue?.prefetch)
      }
      guard let epilogue, epilogue.isColumnwise else { return }
      try e.ifThen(isLast) { () throws(Diagnostic) in
        let columns = e.smin(e.mul(last, e.i64(tile.width)), e.i64(product.n))
        try epilogue.body.emit(rows: block, columns: (e.mul(first, e.i64(tile.width)), columns))
      }
    }
  }

  /// The tiles of one panel.
  private func emit(
    _ panel: Value, _ pass: Value, _ block: (Value, Value), _ rows: Value, _ depth: Value, _ left: LeftOperand,
    _ start: Value, _ c: Value, isLast: Value, _ prefetch: EpiloguePrefetch?
  ) {
    let adds = product.accumulates ? e.i32(1) : e.zext(e.icmp(.ne, pass, e.i64(0)), to: e.i32)
    let column = e.mul(panel, e.i64(tile.width))
    let next = e.gep(e.f32, start, product.steps * tile.width)
    e.loop(from: e.i64(0), to: rows, step: tile.rows, unrolling: .never) { row in
      if let prefetch, !prefetch.isEmpty {
        e.ifThen(isLast) { prefetch.emit(e.add(block.0, row), count: tile.rows, column, width: tile.width) }
      }
      // The first tiles of a panel ask for the next one: 16 bytes each for every step along K.
      let number = e.smin(e.udiv(row, e.i64(tile.rows)), e.i64(tile.width / 4 - 1))
      let ahead = e.gep(e.f32, next, e.mul(number, e.mul(depth, e.i64(4))))
      let operands = [
        left.tile(at: row, rows: tile.rows, depth: depth), e.i64(left.rowBytes ?? 0), start,
        element(c, e.add(block.0, row), product.c.row, column, product.c.column), depth,
        e.i64(tile.isTurned ? product.c.column : product.c.row), e.sub(rows, row), e.sub(e.i64(product.n), column),
        adds,
        ahead,
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
