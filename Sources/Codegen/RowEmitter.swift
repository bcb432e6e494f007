import BufferIR
import LLVMKit
import Support
import TensorIR

/// Items whose inner axis is reduced: phases over the row, each ending in the reductions that the next one needs.
struct RowEmitter {
  let base: LoopEmitter
  let sweeps: [LoopSweeps.Sweep]
  /// Memory of this thread for the row's values that later sweeps read again, by instruction.
  private var rows: [Int: Value] = [:]
  var e: Emitter { base.e }
  var loop: LoopKernel { base.loop }
  var analysis: LoopAnalysis { base.analysis }

  /// Emit it in the entry block: it takes stack memory.
  init(_ base: LoopEmitter) {
    self.base = base
    sweeps = LoopSweeps(base.loop).sweeps
    for index in sweeps.flatMap(\.kept) {
      let count = (base.loop.inner + base.lanes - 1) / base.lanes * base.lanes
      let type = base.frame.registerType(base.elements[index])
      rows[index] = base.e.alloca(type == base.e.i1 ? base.e.i8 : type, count: count)
    }
  }

  func emit(_ item: inout LoopEmitter.Item) throws(Diagnostic) {
    let origin = LoopEmitter.Point(sequential: loop.sequential.map { _ in e.i64(0) }, inner: e.i64(0))
    for phase in 0...analysis.lastPhase {
      try emitScalars(phase, &item, origin)
      if sweeps[phase].reductions.isEmpty && sweeps[phase].stores.isEmpty { continue }
      let sums = try sweep(phase, item)
      for (index, sum) in zip(sweeps[phase].reductions, sums) { item.known[index] = sum }
    }
  }

  /// What is the same along the row: computed, or stored, once.
  private func emitScalars(_ phase: Int, _ item: inout LoopEmitter.Item, _ origin: LoopEmitter.Point) throws(Diagnostic)
  {
    for index in loop.body.indices
    where !analysis.looped[index] && analysis.phase[index] == phase && item.known[index] == nil {
      switch loop.body[index] {
      case .reduce: continue
      case .store(let access, let value):
        let values = try base.evaluate([value], item, at: origin)
        base.store(values[value]!, access, item, origin)
      case .load, .constant, .index, .unary, .binary, .compare, .select, .convert, .dropout:
        item.known[index] = try base.evaluate([index], item, at: origin)[index]
      }
    }
  }

  private func kind(_ index: Int) -> (Reduce.Kind, Int) {
    guard case .reduce(let kind, let operand) = loop.body[index] else { preconditionFailure("not a reduction") }
    return (kind, operand)
  }

  /// One pass over the row (and the sequential axes): the reduced values, one scalar each.
  private func sweep(_ phase: Int, _ item: LoopEmitter.Item) throws(Diagnostic) -> [Value] {
    let reductions = sweeps[phase].reductions
    let writes = !sweeps[phase].stores.isEmpty || !sweeps[phase].kept.isEmpty
    // Sums kept apart, and the vectors that a round of the loop evaluates.
    let unroll = base.lanes > 1 && loop.inner >= base.lanes * LoopEmitter.unroll && !writes ? LoopEmitter.unroll : 1
    let together = max(unroll, base.batchedVectors { sweeps[phase].computed[$0] })
    var start: [Value] = []
    for _ in 0..<unroll {
      for index in reductions {
        let (kind, operand) = kind(index)
        let neutral = base.neutral(kind, base.elements[operand])
        start.append(base.lanes > 1 ? e.splat(neutral, base.lanes) : neutral)
      }
    }
    let sums = try sweepAxis(0, [], phase, item, start, (unroll, together))
    return reductions.indices.map { position in
      let (kind, operand) = kind(reductions[position])
      let element = base.elements[operand]
      var parts = (0..<unroll).map { sums[$0 * reductions.count + position] }
      while parts.count > 1 {
        parts = stride(from: 0, to: parts.count, by: 2).map { base.combine(kind, parts[$0], parts[$0 + 1], element) }
      }
      return base.reduceLanes(kind, parts[0], element)
    }
  }

  private func sweepAxis(
    _ axis: Int, _ outer: [Value], _ phase: Int, _ item: LoopEmitter.Item, _ start: [Value],
    _ unroll: (sums: Int, vectors: Int)
  ) throws(Diagnostic) -> [Value] {
    if axis < loop.sequential.count {
      return try e.loop(from: e.i64(0), to: e.i64(loop.sequential[axis]), initial: start, unrolling: .never) {
        (index: Value, sums: [Value]) throws(Diagnostic) -> [Value] in
        try sweepAxis(axis + 1, outer + [index], phase, item, sums, unroll)
      }
    }
    let lanes = base.lanes
    let step = lanes * unroll.vectors
    let whole = loop.inner / step * step
    func point(_ inner: Value, _ mask: Value? = nil) -> LoopEmitter.Point {
      .init(sequential: outer, inner: inner, mask: mask)
    }
    var sums = start
    if whole > 0 {
      sums = try e.loop(
        from: e.i64(0), to: e.i64(whole), step: step, initial: sums,
        unrolling: unroll.vectors > 1 ? .never : .automatic
      ) {
        (j: Value, carried: [Value]) throws(Diagnostic) -> [Value] in
        var next = carried
        let isBatch = step == DropoutBatch.size
        let points =
          isBatch
          ? base.batch(j, sequential: outer, count: unroll.vectors)
          : (0..<unroll.vectors).map { point(e.add(j, e.i64($0 * lanes))) }
        for (copy, point) in points.enumerated() { try visit(point, phase, item, &next, at: copy % unroll.sums) }
        return next
      }
    }
    let singles = loop.inner / lanes * lanes
    for j in stride(from: whole, to: singles, by: lanes) {
      try visit(point(e.i64(j)), phase, item, &sums, at: 0)
    }
    if singles < loop.inner {
      let mask = e.laneMask(e.i64(loop.inner - singles), lanes: lanes)
      try visit(point(e.i64(singles), mask), phase, item, &sums, at: 0)
    }
    return sums
  }

  /// Adds one vector to the running reductions, and stores what this phase stores or puts aside.
  private func visit(
    _ point: LoopEmitter.Point, _ phase: Int, _ item: LoopEmitter.Item, _ sums: inout [Value], at copy: Int
  ) throws(Diagnostic) {
    let reductions = sweeps[phase].reductions
    var wanted = reductions.map { kind($0).1 } + sweeps[phase].kept
    for case .store(_, let value) in sweeps[phase].stores.map({ loop.body[$0] }) { wanted.append(value) }
    let values = try base.evaluate(wanted, recalled(item, before: phase, point), at: point)
    for (position, index) in reductions.enumerated() {
      let (kind, operand) = kind(index)
      let element = base.elements[operand]
      var value = base.widened(values[operand]!, isVector: true)
      if let mask = point.mask {
        value = e.select(mask, value, base.widened(base.neutral(kind, element), isVector: true))
      }
      let slot = copy * reductions.count + position
      sums[slot] = base.combine(kind, sums[slot], value, element)
    }
    for index in sweeps[phase].kept {
      var value = base.widened(values[index]!, isVector: true)
      if base.elements[index] == .bool { value = e.zext(value, to: e.i8) }
      e.store(value, e.gep(scratchType(index), rows[index]!, point.inner))
    }
    for case .store(let access, let value) in sweeps[phase].stores.map({ loop.body[$0] }) {
      base.store(values[value]!, access, item, point)
    }
  }

  private func scratchType(_ index: Int) -> Type {
    base.elements[index] == .bool ? e.i8 : base.frame.registerType(base.elements[index])
  }

  /// The item with what earlier sweeps put aside.
  private func recalled(_ item: LoopEmitter.Item, before phase: Int, _ point: LoopEmitter.Point) -> LoopEmitter.Item {
    var item = item
    for index in sweeps[..<phase].flatMap(\.kept) {
      let type = scratchType(index)
      let value = e.load(base.lanes > 1 ? type.vector(base.lanes) : type, e.gep(type, rows[index]!, point.inner))
      item.known[index] = base.elements[index] == .bool ? e.icmp(.ne, value, e.zero(value.type)) : value
    }
    return item
  }
}
