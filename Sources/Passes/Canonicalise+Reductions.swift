// reduce over no axes ⇒ x      reduce over axes of size 1 ⇒ reshape      reduce(reduce(x)) ⇒ reduce(x)
// reduce(reshape(x)) ⇒ reshape(reduce(x)) if the axes reduced are axes of x, merged or split; not away from a copy that
//   something else reads too
// Σ pad(x) ⇒ pad(Σ x): zeros add nothing
// Σ broadcast(x) over n repetitions ⇒ n · broadcast(x)      max broadcast(x) over repetitions ⇒ broadcast(x)

import TensorIR

extension Matcher {
  func reduce(_ op: Reduce, _ x: ValueID) -> Match? {
    if op.axes.isEmpty { return Match("reduce over no axes ⇒ x", x) }
    let sizes = shape(x)
    let ones = op.axes.filter { sizes[$0] == 1 }
    if !ones.isEmpty {
      let kept = sizes.indices.filter { !ones.contains($0) }
      let axes = op.axes.filter { sizes[$0] != 1 }.map { kept.firstIndex(of: $0)! }
      return Match(
        "reduce over axes of size 1 ⇒ reshape",
        .op(.reduce(Reduce(op.kind, axes: axes)), [.reshape(x, kept.map { sizes[$0] })]))
    }
    guard let inner = node(x) else { return nil }
    if case .reduce(let first) = inner.op, first.kind == op.kind {
      let remaining = shape(inner.operands[0]).indices.filter { !first.axes.contains($0) }
      let joined = Reduce(op.kind, axes: (first.axes + op.axes.map { remaining[$0] }).sorted())
      return Match("reduce(reduce(x)) ⇒ reduce(x)", .op(.reduce(joined), inner.operands[0]))
    }
    if case .reshape = inner.op, rewriter.uses(of: x) <= 1 || !copies(inner.operands[0], to: sizes),
      let axes = axesBeforeReshape(shape(inner.operands[0]), sizes, op.axes)
    {
      let result = sizes.indices.filter { !op.axes.contains($0) }.map { sizes[$0] }
      let reduced = Term.op(.reduce(Reduce(op.kind, axes: axes)), inner.operands[0])
      return Match("reduce(reshape(x)) ⇒ reshape(reduce(x))", .op(.reshape(Reshape(result)), [reduced]))
    }
    if case .pad(let pad) = inner.op, op.kind == .sum { return sumOfPad(op, pad, inner.operands[0]) }
    if case .broadcast(let broadcast) = inner.op { return reduceOfBroadcast(op, broadcast, inner.operands[0]) }
    return nil
  }

  /// Whether a reshape merges axes that a transpose has put beside each other: no strides express that.
  private func copies(_ value: ValueID, to after: [Int]) -> Bool {
    guard let node = node(value), case .transpose(let op) = node.op else { return false }
    let before = shape(value)
    // Where the result has axes whose sizes run to the same product, the two axes at that place stay apart.
    let ends = Set(after.indices.map { after[...$0].reduce(1, *) })
    return before.indices.dropLast().contains { axis in
      !ends.contains(before[...axis].reduce(1, *)) && op.permutation[axis + 1] != op.permutation[axis] + 1
    }
  }

  private func reduceOfBroadcast(_ op: Reduce, _ broadcast: Broadcast, _ x: ValueID) -> Match? {
    let repeated = op.axes.filter { !broadcast.axes.contains($0) }
    if repeated.isEmpty { return nil }
    let count = repeated.reduce(1) { $0 * broadcast.shape[$1] }
    let element = type(x).element
    // The count must be a number of the type.
    if op.kind == .sum && (element == .bf16 ? count > 256 : count > 1 << 24) { return nil }
    let kept = broadcast.shape.indices.filter { !repeated.contains($0) }
    func place(_ axis: Int) -> Int { kept.firstIndex(of: axis)! }
    let smaller = Broadcast(shape: kept.map { broadcast.shape[$0] }, axes: broadcast.axes.map(place))
    let rest = Reduce(op.kind, axes: op.axes.filter { !repeated.contains($0) }.map(place))
    let reduced = Term.op(.reduce(rest), [.op(.broadcast(smaller), x)])
    if op.kind == .max { return Match("max broadcast(x) ⇒ broadcast(x)", reduced) }
    let type = TensorType(element, broadcast.shape.indices.filter { !op.axes.contains($0) }.map { broadcast.shape[$0] })
    return Match(
      "Σ broadcast(x) ⇒ n · broadcast(x)", .op(.binary(Binary(.mul)), [reduced, .splat(Double(count), type)]))
  }

  /// The axes of the shape before a reshape that hold the elements of `axes` after it; nil if some hold others too.
  private func axesBeforeReshape(_ before: [Int], _ after: [Int], _ axes: [Int]) -> [Int]? {
    var found: [Int] = []
    var (i, j) = (0, 0)
    while i < before.count || j < after.count {
      // The shortest runs of axes of equal size on both sides.
      let (firstBefore, firstAfter) = (i, j)
      var (left, right) = (1, 1)
      repeat {
        if i < before.count && (left <= right || j == after.count) {
          left *= before[i]
          i += 1
        } else {
          right *= after[j]
          j += 1
        }
      } while left != right
      let run = firstAfter..<j
      let reduced = run.filter { axes.contains($0) }
      if reduced.isEmpty { continue }
      if run.contains(where: { after[$0] != 1 && !axes.contains($0) }) { return nil }
      found += firstBefore..<i
    }
    return found
  }

  private func sumOfPad(_ op: Reduce, _ pad: Pad, _ x: ValueID) -> Match? {
    let padded = pad.low.indices.filter { pad.low[$0] + pad.high[$0] + pad.interior[$0] > 0 }
    if !padded.contains(where: op.axes.contains) { return nil }
    let kept = pad.low.indices.filter { !op.axes.contains($0) }
    let outer = Pad(
      low: kept.map { pad.low[$0] }, high: kept.map { pad.high[$0] }, interior: kept.map { pad.interior[$0] })
    return Match("Σ pad(x) ⇒ pad(Σ x)", .op(.pad(outer), [.op(.reduce(op), x)]))
  }
}
