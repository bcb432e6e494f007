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

  /// The kernel's streams are numbered (`KernelFamily`).
  init(_ module: ModuleBuilder, _ loop: LoopKernel, name: String, streams: Int) {
    self.init(KernelFrame(module, name: name, streams: streams), loop)
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
    /// For each access that accumulates, whether this item is the first at its place.
    var isFirst: [Value?]
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
    /// The block of elements that dropouts share bits in, and where in it lane 0 is.
    var batch: DropoutBatch?
    var offset = 0
  }

  func emit() throws(Diagnostic) {
    let pointers = (0..<operandCount).map { frame.operand($0) }
    let body = body(pointers, isWhole: true)
    let (start, end) = frame.share(of: body.items, grain: body.grain)
    try body.emit(start, end)
    e.ret()
  }

  var operandCount: Int {
    1 + (loop.accesses.flatMap { [$0.argument] + ($0.indirect.map { [$0.argument] } ?? []) }.max() ?? -1)
  }

  func makeItem(_ pointers: [Value], _ outer: [Value]) -> Item {
    var item = Item(
      bases: [], indexBases: [], outer: outer, isFirst: [], known: Array(repeating: nil, count: loop.body.count))
    for access in loop.accesses {
      item.isFirst.append(access.accumulates == nil ? nil : isFirst(outer, access))
      item.bases.append(
        e.gep(frame.memoryType(access.element), pointers[access.argument], frame.dot(outer, access.strides)))
      item.indexBases.append(
        access.indirect.map {
          e.gep(frame.memoryType($0.element), pointers[$0.argument], frame.dot(outer, $0.strides))
        })
    }
    return item
  }

  private func isFirst(_ outer: [Value], _ access: LoopKernel.Access) -> Value {
    outer.indices.filter { access.strides[$0] == 0 }.reduce(e.bool(true)) {
      e.and($0, e.icmp(.eq, outer[$1], e.i64(0)))
    }
  }

  /// Strides along the sequential axes.
  func sequentialStrides(_ strides: [Int]) -> [Int] { Array(strides.dropFirst(loop.outer.count).dropLast()) }

  /// A scalar repeated over the lanes, where it meets vectors.
  func widened(_ value: Value, isVector: Bool) -> Value {
    isVector && lanes > 1 && value.lanes == 1 && !value.type.isVector ? e.splat(value, lanes) : value
  }

  /// Runs `body` for each vector of `from ..< to`; the last may be masked.
  func vectors(
    _ from: Value, _ to: Value, constantCount: Int? = nil, batched: Bool = false,
    _ body: (Point) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    if lanes == 1 {
      try e.loop(from: from, to: to, unrolling: .never) { j throws(Diagnostic) in
        try body(Point(sequential: [], inner: j))
      }
      return
    }
    var from = from
    let together = batchedVectors { _ in batched }
    if together > 1 {
      // Blocks begin at multiples of their size.
      let end = e.add(from, e.and(e.sub(to, from), e.i64(-DropoutBatch.size)))
      try e.loop(from: from, to: end, step: DropoutBatch.size, unrolling: .never) { j throws(Diagnostic) in
        for point in batch(j, count: together) { try body(point) }
      }
      from = end
    }
    let rest = constantCount.map { together > 1 ? $0 % DropoutBatch.size : $0 }
    let whole = e.and(e.sub(to, from), e.i64(-lanes))
    let middle = e.add(from, whole)
    if rest.map({ $0 >= lanes }) ?? true {
      try e.loop(from: from, to: middle, step: lanes) { j throws(Diagnostic) in
        try body(Point(sequential: [], inner: j))
      }
    }
    if rest.map({ $0 % lanes == 0 }) ?? false { return }
    try e.ifThen(e.icmp(.slt, middle, to)) { () throws(Diagnostic) in
      let mask = e.laneMask(e.sub(to, middle), lanes: lanes)
      try body(Point(sequential: [], inner: middle, mask: mask))
    }
  }
}
