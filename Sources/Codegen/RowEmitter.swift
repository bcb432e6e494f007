import BufferIR
import LLVMKit
import Support
import TensorIR

/// Items whose inner axis is reduced: phases over the row, each ending in the reductions that the next one needs.
struct RowEmitter {
  let base: LoopEmitter
  var e: Emitter { base.e }
  var loop: LoopKernel { base.loop }
  var analysis: LoopAnalysis { base.analysis }

  init(_ base: LoopEmitter) { self.base = base }

  func emit(_ item: inout LoopEmitter.Item) throws(Diagnostic) {
    let origin = LoopEmitter.Point(sequential: loop.sequential.map { _ in e.i64(0) }, inner: e.i64(0))
    for phase in 0...analysis.lastPhase {
      try emitScalars(phase, &item, origin)
      let reductions = loop.body.indices.filter {
        if case .reduce = loop.body[$0] { analysis.phase[$0] == phase + 1 } else { false }
      }
      let stores = loop.body.indices.filter {
        if case .store = loop.body[$0] { analysis.looped[$0] && analysis.phase[$0] == phase } else { false }
      }
      if reductions.isEmpty && stores.isEmpty { continue }
      let sums = try sweep(reductions, stores, item)
      for (index, sum) in zip(reductions, sums) { item.known[index] = sum }
    }
  }

  /// What is the same along the row: computed, or stored, once.
  private func emitScalars(_ phase: Int, _ item: inout LoopEmitter.Item, _ origin: LoopEmitter.Point) throws(Diagnostic) {
    for index in loop.body.indices where !analysis.looped[index] && analysis.phase[index] == phase && item.known[index] == nil {
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
  private func sweep(_ reductions: [Int], _ stores: [Int], _ item: LoopEmitter.Item) throws(Diagnostic) -> [Value] {
    let unroll = base.lanes > 1 && loop.inner >= base.lanes * LoopEmitter.unroll && stores.isEmpty ? LoopEmitter.unroll : 1
    var start: [Value] = []
    for _ in 0..<unroll {
      for index in reductions {
        let (kind, operand) = kind(index)
        let neutral = base.neutral(kind, base.elements[operand])
        start.append(base.lanes > 1 ? e.splat(neutral, base.lanes) : neutral)
      }
    }
    let sums = try sweepAxis(0, [], reductions, stores, item, start, unroll)
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
    _ axis: Int, _ outer: [Value], _ reductions: [Int], _ stores: [Int], _ item: LoopEmitter.Item, _ start: [Value],
    _ unroll: Int
  ) throws(Diagnostic) -> [Value] {
    if axis < loop.sequential.count {
      return try e.loop(from: e.i64(0), to: e.i64(loop.sequential[axis]), initial: start, unrolling: .never) {
        (index: Value, sums: [Value]) throws(Diagnostic) -> [Value] in
        try sweepAxis(axis + 1, outer + [index], reductions, stores, item, sums, unroll)
      }
    }
    let lanes = base.lanes
    let step = lanes * unroll
    let whole = loop.inner / step * step
    func point(_ inner: Value, _ mask: Value? = nil) -> LoopEmitter.Point { .init(sequential: outer, inner: inner, mask: mask) }
    var sums = start
    if whole > 0 {
      sums = try e.loop(from: e.i64(0), to: e.i64(whole), step: step, initial: sums, unrolling: unroll > 1 ? .never : .automatic) {
        (j: Value, carried: [Value]) throws(Diagnostic) -> [Value] in
        var next = carried
        for copy in 0..<unroll {
          try visit(point(e.add(j, e.i64(copy * lanes))), reductions, stores, item, &next, at: copy)
        }
        return next
      }
    }
    let singles = loop.inner / lanes * lanes
    for j in stride(from: whole, to: singles, by: lanes) {
      try visit(point(e.i64(j)), reductions, stores, item, &sums, at: 0)
    }
    if singles < loop.inner {
      let mask = e.laneMask(e.i64(loop.inner - singles), lanes: lanes)
      try visit(point(e.i64(singles), mask), reductions, stores, item, &sums, at: 0)
    }
    return sums
  }

  /// Adds one vector to the running reductions, and stores what this phase stores.
  private func visit(
    _ point: LoopEmitter.Point, _ reductions: [Int], _ stores: [Int], _ item: LoopEmitter.Item, _ sums: inout [Value],
    at copy: Int
  ) throws(Diagnostic) {
    var wanted = reductions.map { kind($0).1 }
    for case .store(_, let value) in stores.map({ loop.body[$0] }) { wanted.append(value) }
    let values = try base.evaluate(wanted, item, at: point)
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
    for case .store(let access, let value) in stores.map({ loop.body[$0] }) {
      base.store(values[value]!, access, item, point)
    }
  }
}
