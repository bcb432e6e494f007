// slice of everything ⇒ x      slice(slice(x)) ⇒ slice(x)      slice(constant c) ⇒ constant c
// slice(concat(…, x, …)) within x ⇒ slice(x)      slice(pad(x)) within x ⇒ slice(x)
// slice(broadcast(x)) along repeated axes ⇒ broadcast(x)
// concat(x) ⇒ x      concat(concat(x, y), z) ⇒ concat(x, y, z)      concat of the slices a..<b and b..<c of x ⇒ slice(x)

import TensorIR

extension Matcher {
  func slice(_ op: Slice, _ x: ValueID) -> Match? {
    let shape = shape(x)
    if op.start.allSatisfy({ $0 == 0 }), op.limit == shape, op.step.allSatisfy({ $0 == 1 }) {
      return Match("slice of everything ⇒ x", x)
    }
    if let match = splatted(.slice(op), x) { return match }
    guard let inner = node(x) else { return nil }
    if case .slice(let first) = inner.op {
      let joined = Slice(
        start: op.start.indices.map { first.start[$0] + op.start[$0] * first.step[$0] },
        limit: op.start.indices.map { first.start[$0] + (op.limit[$0] - 1) * first.step[$0] + 1 },
        step: op.start.indices.map { first.step[$0] * op.step[$0] })
      return Match("slice(slice(x)) ⇒ slice(x)", .op(.slice(joined), inner.operands[0]))
    }
    if case .concat(let concat) = inner.op { return sliceOfConcat(op, concat, inner.operands) }
    if case .pad(let pad) = inner.op { return sliceOfPad(op, pad, inner.operands[0]) }
    if case .broadcast(let broadcast) = inner.op { return sliceOfBroadcast(op, broadcast, inner.operands[0]) }
    return nil
  }

  private func sliceOfConcat(_ op: Slice, _ concat: Concat, _ parts: [ValueID]) -> Match? {
    let axis = concat.axis
    var start = 0
    for part in parts {
      let size = shape(part)[axis]
      if start <= op.start[axis] && op.limit[axis] <= start + size {
        var within = op
        within.start[axis] -= start
        within.limit[axis] -= start
        return Match("slice(concat(…, x, …)) ⇒ slice(x)", .op(.slice(within), part))
      }
      start += size
    }
    return nil
  }

  private func sliceOfPad(_ op: Slice, _ pad: Pad, _ x: ValueID) -> Match? {
    var within = op
    for (axis, size) in shape(x).enumerated() {
      let untouched = pad.low[axis] == 0 && pad.high[axis] == 0 && pad.interior[axis] == 0
      within.start[axis] -= pad.low[axis]
      within.limit[axis] -= pad.low[axis]
      if !untouched && (pad.interior[axis] != 0 || within.start[axis] < 0 || within.limit[axis] > size) { return nil }
    }
    return Match("slice(pad(x)) ⇒ slice(x)", .op(.slice(within), x))
  }

  private func sliceOfBroadcast(_ op: Slice, _ broadcast: Broadcast, _ x: ValueID) -> Match? {
    for (i, axis) in broadcast.axes.enumerated() where shape(x)[i] != 1 {
      if op.start[axis] != 0 || op.limit[axis] != broadcast.shape[axis] || op.step[axis] != 1 { return nil }
    }
    let sizes = op.start.indices.map { (op.limit[$0] - op.start[$0] - 1) / op.step[$0] + 1 }
    return Match(
      "slice(broadcast(x)) ⇒ broadcast(x)", .op(.broadcast(Broadcast(shape: sizes, axes: broadcast.axes)), x))
  }

  func concat(_ op: Concat, _ parts: [ValueID]) -> Match? {
    if parts.count == 1 { return Match("concat(x) ⇒ x", parts[0]) }
    let inner = parts.map { node($0) }
    if inner.contains(where: { $0?.op == .concat(op) }) {
      let flat = zip(parts, inner).flatMap { part, node in node?.op == .concat(op) ? node!.operands : [part] }
      return Match("concat(concat(x, y), z) ⇒ concat(x, y, z)", .op(.concat(op), flat.map(Term.value)))
    }
    for (index, (first, second)) in zip(inner, inner.dropFirst()).enumerated() {
      guard let first, let second, first.operands == second.operands, case .slice(var box) = first.op,
        case .slice(let next) = second.op, box.step[op.axis] == 1, box.limit[op.axis] == next.start[op.axis]
      else { continue }
      box.limit[op.axis] = next.limit[op.axis]
      var expected = next
      expected.start[op.axis] = box.start[op.axis]
      guard box == expected else { continue }
      var terms = parts.map(Term.value)
      terms.replaceSubrange(index...index + 1, with: [.op(.slice(box), first.operands[0])])
      return Match("concat of adjoining slices ⇒ slice", .op(.concat(op), terms))
    }
    return nil
  }
}
