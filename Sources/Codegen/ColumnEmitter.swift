import BufferIR
import LLVMKit
import Support
import TensorIR

/// Items whose inner axis is kept: plain maps, and reductions over sequential axes with one sum per column.
struct ColumnEmitter {
  let base: LoopEmitter
  var e: Emitter { base.e }
  var loop: LoopKernel { base.loop }
  var analysis: LoopAnalysis { base.analysis }

  init(_ base: LoopEmitter) { self.base = base }

  /// Sums over this many rows are kept apart before they join the total, so that long sums lose little to rounding.
  static let partial = 64

  func emit(_ item: inout LoopEmitter.Item, _ from: Value, _ to: Value) throws(Diagnostic) {
    // What does not vary along the columns or the reduction is computed once.
    let scalars = loop.body.indices.filter {
      !analysis.inner[$0] && !analysis.looped[$0] && analysis.phase[$0] == 0 && isValue($0)
    }
    let origin = LoopEmitter.Point(sequential: loop.sequential.map { _ in e.i64(0) }, inner: e.i64(0))
    let values = try base.evaluate(scalars, item, at: origin)
    for index in scalars { item.known[index] = values[index] }
    if loop.sequential.isEmpty {
      let fixed = item
      try base.vectors(from, to, constantCount: loop.inner <= LoopEmitter.block ? loop.inner : nil, batched: true) {
        point throws(Diagnostic) in
        try storeAll(fixed, [point])
      }
      return
    }
    try emitReduction(item, from, to)
  }

  private func isValue(_ index: Int) -> Bool {
    switch loop.body[index] {
    case .store, .reduce: false
    default: true
    }
  }

  private var reductions: [Int] { loop.body.indices.filter { if case .reduce = loop.body[$0] { true } else { false } } }

  private func storeAll(_ item: LoopEmitter.Item, _ points: [LoopEmitter.Point]) throws(Diagnostic) {
    var stores: [(Int, Int)] = []
    for case .store(let access, let value) in loop.body { stores.append((access, value)) }
    for point in points {
      let values = try base.evaluate(stores.map(\.1), item, at: point)
      for (access, value) in stores { base.store(values[value]!, access, item, point) }
    }
  }

  /// Whole blocks of `unroll` vectors together, the rest one vector at a time.
  private func emitReduction(_ item: LoopEmitter.Item, _ from: Value, _ to: Value) throws(Diagnostic) {
    let lanes = base.lanes
    let width = lanes * LoopEmitter.unroll
    if lanes > 1 && loop.inner >= width {
      try e.ifThen(e.icmp(.eq, e.sub(to, from), e.i64(width))) { () throws(Diagnostic) in
        try reduceColumns(
          item, (0..<LoopEmitter.unroll).map { .init(sequential: [], inner: e.add(from, e.i64($0 * lanes))) })
      } else: { () throws(Diagnostic) in
        if loop.inner % width != 0 {
          try base.vectors(from, to) { p throws(Diagnostic) in try reduceColumns(item, [p]) }
        }
      }
    } else {
      try base.vectors(from, to, constantCount: loop.inner) { p throws(Diagnostic) in try reduceColumns(item, [p]) }
    }
  }

  /// Reduces over the sequential axes for some vectors of columns, then runs what follows the reductions and the stores.
  private func reduceColumns(_ item: LoopEmitter.Item, _ points: [LoopEmitter.Point]) throws(Diagnostic) {
    let reductions = reductions
    let start = points.flatMap { _ in
      reductions.map { index -> Value in
        guard case .reduce(let kind, let operand) = loop.body[index] else { preconditionFailure() }
        return base.widened(base.neutral(kind, base.elements[operand]), isVector: analysis.inner[index])
      }
    }
    let total = try sumAxis(0, [], item, points, start)
    for (number, point) in points.enumerated() {
      var after = item
      for (position, index) in reductions.enumerated() {
        after.known[index] = total[number * reductions.count + position]
      }
      var origin = point
      origin.sequential = loop.sequential.map { _ in e.i64(0) }
      try storeAll(after, [origin])
    }
  }

  private func sumAxis(
    _ axis: Int, _ outer: [Value], _ item: LoopEmitter.Item, _ points: [LoopEmitter.Point], _ start: [Value]
  ) throws(Diagnostic) -> [Value] {
    let extent = loop.sequential[axis]
    func round(_ index: Value, _ sums: [Value]) throws(Diagnostic) -> [Value] {
      if axis + 1 < loop.sequential.count { return try sumAxis(axis + 1, outer + [index], item, points, sums) }
      return try accumulate(outer + [index], item, points, sums)
    }
    if axis + 1 < loop.sequential.count || extent <= 2 * Self.partial {
      return try e.loop(from: e.i64(0), to: e.i64(extent), initial: start, unrolling: .never, round)
    }
    let neutral = points.flatMap { _ in
      reductions.map { index -> Value in
        guard case .reduce(let kind, let operand) = loop.body[index] else { preconditionFailure() }
        return base.widened(base.neutral(kind, base.elements[operand]), isVector: analysis.inner[index])
      }
    }
    return try e.loop(from: e.i64(0), to: e.i64(extent), step: Self.partial, initial: start, unrolling: .never) {
      (first: Value, sums: [Value]) throws(Diagnostic) -> [Value] in
      let last = e.smin(e.add(first, e.i64(Self.partial)), e.i64(extent))
      let part = try e.loop(from: first, to: last, initial: neutral, unrolling: .never, round)
      return combine(sums, part)
    }
  }

  private func combine(_ a: [Value], _ b: [Value]) -> [Value] {
    let reductions = reductions
    return a.indices.map { i in
      guard case .reduce(let kind, let operand) = loop.body[reductions[i % reductions.count]] else {
        preconditionFailure()
      }
      return base.combine(kind, a[i], b[i], base.elements[operand])
    }
  }

  private func accumulate(
    _ sequential: [Value], _ item: LoopEmitter.Item, _ points: [LoopEmitter.Point], _ sums: [Value]
  ) throws(Diagnostic) -> [Value] {
    var result: [Value] = []
    // A block's vectors at one place of the reduction.
    let isBatch = points.count * base.lanes == DropoutBatch.size && base.batchedVectors { _ in true } > 1
    let batch = isBatch ? DropoutBatch(inner: points[0].inner) : nil
    for (number, point) in points.enumerated() {
      var here = point
      here.sequential = sequential
      here.batch = batch
      here.offset = number * base.lanes
      var operands: [Int] = []
      for index in reductions { operands += loop.body[index].operands }
      let values = try base.evaluate(operands, item, at: here)
      for (position, index) in reductions.enumerated() {
        guard case .reduce(let kind, let operand) = loop.body[index] else { preconditionFailure() }
        let value = base.widened(values[operand]!, isVector: analysis.inner[index])
        result.append(base.combine(kind, sums[number * reductions.count + position], value, base.elements[operand]))
      }
    }
    return result
  }
}
