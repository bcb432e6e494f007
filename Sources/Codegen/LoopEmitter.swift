import BufferIR
import LLVMKit
import Support
import TensorIR

/// Emits a loop kernel: items (outer coordinates, and blocks of the inner axis where that is not reduced) are divided among
/// the threads; each item runs the body on vectors.
struct LoopEmitter {
  let frame: KernelFrame
  let loop: LoopKernel
  let analysis: LoopAnalysis
  let elements: [ElementType]
  /// Vector lanes; 1 where the inner axis has a single element.
  let lanes: Int
  var e: Emitter { frame.emitter }

  /// Vectors evaluated together in reductions: enough independent sums to hide an addition's latency.
  static let unroll = 4
  /// Inner elements of one item of a kernel without reductions.
  static let block = 2048

  init(_ module: ModuleBuilder, _ loop: LoopKernel, name: String) {
    self.init(KernelFrame(module, name: name), loop)
  }

  /// A loop within a kernel that does more.
  init(_ frame: KernelFrame, _ loop: LoopKernel) {
    self.frame = frame
    self.loop = loop
    analysis = LoopAnalysis(loop)
    elements = loop.elements
    lanes = loop.inner == 1 ? 1 : frame.lanes
  }

  /// What is fixed while one item is worked on.
  struct Item {
    /// Base address of each access, and of its index.
    var bases: [Value]
    var indexBases: [Value?]
    /// Outer coordinates, for index instructions.
    var outer: [Value]
    /// Instructions known so far, computed once per item: scalars, or vectors in the current columns.
    var known: [Value?]
  }

  /// Where inside an item the body is evaluated.
  struct Point {
    var sequential: [Value]
    /// Inner coordinate of lane 0.
    var inner: Value
    /// Lanes that exist; nil: all.
    var mask: Value?
  }

  func emit() throws(Diagnostic) {
    let pointers = (0..<operandCount).map { frame.operand($0) }
    let body = body(pointers)
    let (start, end) = frame.share(of: body.items)
    try body.emit(start, end)
    e.ret()
  }

  /// The work of the loop as numbered items. Make it in the entry block: it may take stack memory.
  func body(_ pointers: [Value]) -> Body { Body(self, pointers) }

  struct Body {
    let base: LoopEmitter
    let pointers: [Value]
    /// Items per point of the outer axes.
    let blocks: Int
    private let blockSize: Int
    private let rows: RowEmitter?

    init(_ base: LoopEmitter, _ pointers: [Value]) {
      self.base = base
      self.pointers = pointers
      let loop = base.loop
      let size =
        loop.innerReduced
        ? loop.inner : loop.sequential.isEmpty ? LoopEmitter.block : base.lanes * LoopEmitter.unroll
      blockSize = size
      blocks = loop.innerReduced ? 1 : (loop.inner + size - 1) / size
      rows = loop.innerReduced ? RowEmitter(base) : nil
    }

    /// The number of items.
    var items: Int { base.loop.outer.reduce(blocks, *) }

    /// Runs some columns of some rows of a loop that is a plain map: `outer` points are its rows.
    func emit(rows: (Value, Value), columns: (Value, Value)) throws(Diagnostic) {
      try base.e.loop(from: rows.0, to: rows.1, unrolling: .never) { row throws(Diagnostic) in
        var item = base.makeItem(pointers, base.frame.coordinates(row, base.loop.outer))
        try ColumnEmitter(base).emit(&item, columns.0, columns.1)
      }
    }

    /// Runs items `start ..< end`.
    func emit(_ start: Value, _ end: Value) throws(Diagnostic) {
      let (e, loop) = (base.e, base.loop)
      try e.loop(from: start, to: end, unrolling: .never) { index throws(Diagnostic) in
        let block = blocks == 1 ? e.i64(0) : e.urem(index, e.i64(blocks))
        let row = blocks == 1 ? index : e.udiv(index, e.i64(blocks))
        var item = base.makeItem(pointers, base.frame.coordinates(row, loop.outer))
        if let rows {
          try rows.emit(&item)
        } else {
          let from = e.mul(block, e.i64(blockSize))
          let to = blocks == 1 ? e.i64(loop.inner) : e.smin(e.add(from, e.i64(blockSize)), e.i64(loop.inner))
          try ColumnEmitter(base).emit(&item, from, to)
        }
      }
    }
  }

  var operandCount: Int {
    1 + (loop.accesses.flatMap { [$0.argument] + ($0.indirect.map { [$0.argument] } ?? []) }.max() ?? -1)
  }

  func makeItem(_ pointers: [Value], _ outer: [Value]) -> Item {
    var item = Item(bases: [], indexBases: [], outer: outer, known: Array(repeating: nil, count: loop.body.count))
    for access in loop.accesses {
      item.bases.append(
        e.gep(frame.memoryType(access.element), pointers[access.argument], frame.dot(outer, access.strides)))
      item.indexBases.append(
        access.indirect.map {
          e.gep(frame.memoryType($0.element), pointers[$0.argument], frame.dot(outer, $0.strides))
        })
    }
    return item
  }

  /// Strides along the sequential axes.
  func sequentialStrides(_ strides: [Int]) -> [Int] { Array(strides.dropFirst(loop.outer.count).dropLast()) }

  /// A scalar repeated over the lanes, where it meets vectors.
  func widened(_ value: Value, isVector: Bool) -> Value {
    isVector && lanes > 1 && value.lanes == 1 && !value.type.isVector ? e.splat(value, lanes) : value
  }

  /// Runs `body` for each vector of `from ..< to`; the last may be masked.
  func vectors(_ from: Value, _ to: Value, constantCount: Int? = nil, _ body: (Point) throws(Diagnostic) -> Void)
    throws(Diagnostic)
  {
    if lanes == 1 {
      try e.loop(from: from, to: to, unrolling: .never) { j throws(Diagnostic) in
        try body(Point(sequential: [], inner: j))
      }
      return
    }
    let whole = e.and(e.sub(to, from), e.i64(-lanes))
    let middle = e.add(from, whole)
    if constantCount.map({ $0 >= lanes }) ?? true {
      try e.loop(from: from, to: middle, step: lanes) { j throws(Diagnostic) in
        try body(Point(sequential: [], inner: j))
      }
    }
    if constantCount.map({ $0 % lanes == 0 }) ?? false { return }
    try e.ifThen(e.icmp(.slt, middle, to)) { () throws(Diagnostic) in
      let mask = e.laneMask(e.sub(to, middle), lanes: lanes)
      try body(Point(sequential: [], inner: middle, mask: mask))
    }
  }
}
