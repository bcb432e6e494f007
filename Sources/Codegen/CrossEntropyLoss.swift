import BufferIR
import LLVMKit
import TensorIR

/// Rows of logits: the loss, and with the loss's adjoint g their own, g·w·(softmax − onehot), in their place.
struct CrossEntropyLoss {
  let base: CrossEntropyEmitter
  let hasAdjoint: Bool
  let givesArgmax: Bool
  private let logits: Value
  private let labels: Value
  private let bias: Value?
  private let weights: Value?
  private let adjoint: Value?
  private let loss: Value
  private let argmax: Value?
  private let rows: Value
  private var e: Emitter { base.e }
  private var kernel: CrossEntropyKernel { base.kernel }
  /// Chains of maxima and sums that run side by side.
  private static let chains = 4

  init(_ base: CrossEntropyEmitter, hasBias: Bool, hasWeights: Bool, hasAdjoint: Bool, givesArgmax: Bool) {
    self.base = base
    self.hasAdjoint = hasAdjoint
    self.givesArgmax = givesArgmax
    var next = 0
    func operand(_ isThere: Bool = true) -> Value? {
      if !isThere { return nil }
      next += 1
      return base.frame.operand(next - 1)
    }
    logits = operand()!
    labels = operand()!
    bias = operand(hasBias)
    weights = operand(hasWeights)
    adjoint = operand(hasAdjoint)
    loss = operand()!
    argmax = operand(givesArgmax)
    rows = base.rowCount(after: next)
  }

  func emit() {
    let (start, end) = base.frame.share(of: rows)
    e.loop(from: start, to: end, unrolling: .never) { emitRow($0) }
  }

  private func emitRow(_ index: Value) {
    let row = base.row(logits, index, kernel.pitch)
    let largest = e.reduceMax(
      combined(base.vector(-.infinity), { e.fmax($0, $1) }) { column, mask in
        let x = logits(row, column, mask)
        return mask.map { e.select($0, x, base.vector(-.infinity)) } ?? x
      })
    if let argmax { e.store(firstPlace(of: largest, in: row), e.gep(e.i32, argmax, index)) }
    // The label's logit, before the exponentials take its place.
    let label = label(index)
    let isClass = e.icmp(.ult, label, e.i64(kernel.classes))
    let chosen = e.ifElse(isClass, then: { [logit(row, label)] }, else: { [e.f32(0)] })[0]
    let shift = e.splat(largest, base.lanes)
    let sum = e.reduceAdd(
      combined(base.vector(0), { e.fadd($0, $1) }) { column, mask in
        let weight = VectorMath(e, isRough: kernel.isRounded).expOfDifference(
          e.fsub(logits(row, column, mask), shift))
        if hasAdjoint { base.store(weight, e.gep(e.f32, row, column), mask) }
        return mask.map { e.select($0, weight, base.vector(0)) } ?? weight
      })
    var value = e.fsub(e.fadd(largest, VectorMath(e).log(sum)), chosen)
    if let weights { value = e.fmul(value, e.load(e.f32, e.gep(e.f32, weights, index))) }
    e.store(value, e.gep(e.f32, loss, index))
    if let adjoint { emitAdjoint(row, index, adjoint, sum, label, isClass) }
  }

  /// Logits of a row with their biases, which adding twice costs less than keeping.
  private func logits(_ row: Value, _ column: Value, _ mask: Value?) -> Value {
    let x = base.load(e.gep(e.f32, row, column), mask)
    return bias.map { e.fadd(x, base.load(e.gep(e.f32, $0, column), mask)) } ?? x
  }

  private func logit(_ row: Value, _ column: Value) -> Value {
    let x = e.load(e.f32, e.gep(e.f32, row, column))
    return bias.map { e.fadd(x, e.load(e.f32, e.gep(e.f32, $0, column))) } ?? x
  }

  private func emitAdjoint(
    _ row: Value, _ index: Value, _ adjoint: Value, _ sum: Value, _ label: Value, _ isClass: Value
  ) {
    let scale = e.load(e.f32, base.row(adjoint, index, kernel.adjointStride))
    let share = e.fdiv(scale, sum)
    let factor = e.splat(share, base.lanes)
    // Rounded adjoints take the place of numbers that have been read: of the label's too.
    let place = e.select(isClass, label, e.i64(0))
    let ofLabel = e.fsub(e.fmul(e.load(e.f32, e.gep(e.f32, row, place)), share), scale)
    base.columns(kernel.classes) { column, mask in
      let value = rounded(e.fmul(base.load(e.gep(e.f32, row, column), mask), factor))
      base.store(value, base.adjoint(row, column), mask, as: kernel.adjointElement)
    }
    e.ifThen(isClass) {
      e.store(base.frame.toMemory(rounded(ofLabel), kernel.adjointElement), base.adjoint(row, label))
    }
  }

  private func rounded(_ value: Value) -> Value {
    kernel.isRounded ? e.roundToBF16(value) : value
  }

  private func label(_ index: Value) -> Value {
    let type = base.frame.memoryType(kernel.labelElement)
    let label = e.load(type, e.gep(type, labels, index))
    return kernel.labelElement == .i64 ? label : e.sext(label, to: e.i64)
  }

  /// One vector that combines all of a row's, in a few chains.
  private func combined(_ neutral: Value, _ combine: (Value, Value) -> Value, _ value: (Value, Value?) -> Value)
    -> Value
  {
    let lanes = base.lanes
    let step = Self.chains * lanes
    let whole = kernel.classes / step * step
    var chains = [Value](repeating: neutral, count: Self.chains)
    if whole > 0 {
      chains = e.loop(from: e.i64(0), to: e.i64(whole), step: step, initial: chains, unrolling: .never) {
        (column: Value, carried: [Value]) in
        carried.indices.map { combine(carried[$0], value(e.add(column, e.i64($0 * lanes)), nil)) }
      }
    }
    var chain = 0
    for column in stride(from: whole, to: kernel.classes, by: lanes) {
      let left = kernel.classes - column
      let mask = left < lanes ? e.laneMask(e.i64(left), lanes: lanes) : nil
      chains[chain] = combine(chains[chain], value(e.i64(column), mask))
      chain = (chain + 1) % Self.chains
    }
    return combine(combine(chains[0], chains[1]), combine(chains[2], chains[3]))
  }

  /// The first column that holds a value; 0 if none does (a row of NaN).
  private func firstPlace(of largest: Value, in row: Value) -> Value {
    let lanes = base.lanes
    let type = e.i32.vector(lanes)
    let wanted = e.splat(largest, lanes)
    let none = e.constant(type, kernel.classes)
    func nearest(_ column: Value, _ mask: Value?, _ best: Value) -> Value {
      var isThere = e.fcmp(.oeq, logits(row, column, mask), wanted)
      if let mask { isThere = e.and(isThere, mask) }
      let place = e.add(e.iota(e.i32, lanes), e.splat(e.trunc(column, to: e.i32), lanes))
      return e.smin(best, e.select(isThere, place, none))
    }
    let whole = kernel.classes / lanes * lanes
    var best = none
    if whole > 0 {
      best =
        e.loop(from: e.i64(0), to: e.i64(whole), step: lanes, initial: [none]) {
          (column: Value, carried: [Value]) in [nearest(column, nil, carried[0])]
        }[0]
    }
    if whole < kernel.classes {
      best = nearest(e.i64(whole), e.laneMask(e.i64(kernel.classes - whole), lanes: lanes), best)
    }
    var first = e.extract(best, at: 0)
    for lane in 1..<max(1, lanes) { first = e.smin(first, e.extract(best, at: lane)) }
    return e.select(e.icmp(.eq, first, e.i32(kernel.classes)), e.i32(0), first)
  }
}
