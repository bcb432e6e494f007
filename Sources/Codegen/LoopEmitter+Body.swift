import BufferIR
import LLVMKit
import Support

extension LoopEmitter {
  /// The work of the loop as numbered items. Make it in the entry block: it may take stack memory.
  /// Items of a loop that is a whole kernel need not be its points in order.
  func body(_ pointers: [Value], isWhole: Bool = false) -> Body { Body(self, pointers, isWhole: isWhole) }

  struct Body {
    let base: LoopEmitter
    let pointers: [Value]
    /// Items per point of the outer axes.
    let blocks: Int
    private let blockSize: Int
    private let rows: RowEmitter?
    private let interleaved: InterleavedEmitter?
    private let outer: [Int]

    init(_ base: LoopEmitter, _ pointers: [Value], isWhole: Bool) {
      self.base = base
      self.pointers = pointers
      let loop = base.loop
      let size =
        loop.innerReduced
        ? loop.inner : loop.sequential.isEmpty ? LoopEmitter.block : base.lanes * LoopEmitter.unroll
      blockSize = size
      blocks = loop.innerReduced ? 1 : (loop.inner + size - 1) / size
      rows = loop.innerReduced ? RowEmitter(base) : nil
      interleaved = isWhole ? InterleavedEmitter(base) : nil
      outer = interleaved?.outer ?? loop.outer
    }

    /// The number of items.
    var items: Int { outer.reduce(blocks, *) }

    /// One thread takes this many items together, from a multiple of it on, because they add to the same sums.
    var grain: Int {
      let loop = base.loop
      if !loop.accesses.contains(where: { $0.accumulates != nil }) { return 1 }
      return loop.outer[loop.parallelAxes...].reduce(blocks, *)
    }

    /// Runs some columns of some rows of a loop that is a plain map: `outer` points are its rows. Columns begin at a
    /// multiple of 64.
    func emit(rows: (Value, Value), columns: (Value, Value)) throws(Diagnostic) {
      try base.e.loop(from: rows.0, to: rows.1, unrolling: .never) { row throws(Diagnostic) in
        var item = base.makeItem(pointers, base.frame.coordinates(row, base.loop.outer))
        try ColumnEmitter(base).emit(&item, columns.0, columns.1)
      }
    }

    /// Runs items `start ..< end`.
    func emit(_ start: Value, _ end: Value) throws(Diagnostic) {
      let (e, loop) = (base.e, base.loop)
      func bounds(_ block: Value) -> (Value, Value) {
        let from = e.mul(block, e.i64(blockSize))
        return (
          from, blocks == 1 ? e.i64(loop.inner) : e.smin(e.add(from, e.i64(blockSize)), e.i64(loop.inner))
        )
      }
      try e.loop(from: start, to: end, unrolling: .never) { index throws(Diagnostic) in
        let block = blocks == 1 ? e.i64(0) : e.urem(index, e.i64(blocks))
        let row = blocks == 1 ? index : e.udiv(index, e.i64(blocks))
        let coordinates = base.frame.coordinates(row, outer)
        if let interleaved {
          let (from, to) = bounds(block)
          try interleaved.emit(pointers, coordinates, from, to)
          return
        }
        var item = base.makeItem(pointers, coordinates)
        if let rows {
          try rows.emit(&item)
        } else {
          let (from, to) = bounds(block)
          try ColumnEmitter(base).emit(&item, from, to)
        }
      }
    }
  }
}
