// pad by nothing ⇒ x      pad(pad(x)) ⇒ pad(x)      pad(constant 0) ⇒ constant 0
// pad(a) + pad(b) + … ⇒ pad(concat(a, b, …)) if they adjoin along one axis: the adjoint of splitting q, k, v

import TensorIR

extension Matcher {
  func pad(_ op: Pad, _ x: ValueID) -> Match? {
    if (op.low + op.high + op.interior).allSatisfy({ $0 == 0 }) { return Match("pad by nothing ⇒ x", x) }
    guard let inner = node(x) else { return nil }
    if let c = splat(x), c == 0, let type = try? op.infer([type(x)])[0] {
      return Match("pad(constant 0) ⇒ constant 0", .splat(0, type))
    }
    if case .pad(let first) = inner.op, (op.interior + first.interior).allSatisfy({ $0 == 0 }) {
      let joined = Pad(low: zip(op.low, first.low).map { $0 + $1 }, high: zip(op.high, first.high).map { $0 + $1 })
      return Match("pad(pad(x)) ⇒ pad(x)", .op(.pad(joined), inner.operands[0]))
    }
    return nil
  }

  /// One padded summand: `value` padded along `axis` alone by `low` and `high`.
  private struct Strip {
    let value: ValueID
    let axis: Int
    let low: Int
    let high: Int
  }

  /// At most so many summands are looked at.
  private static let summandLimit = 64

  func sumOfPads(_ a: ValueID, _ b: ValueID) -> Match? {
    guard strip(a) != nil || strip(b) != nil else { return nil }
    var strips: [Strip] = []
    var pending = [b, a]
    while let value = pending.popLast() {
      if let strip = strip(value) {
        strips.append(strip)
      } else if let node = node(value), node.op == .binary(Binary(.add)) {
        pending += [node.operands[1], node.operands[0]]
      } else {
        return nil
      }
      if strips.count + pending.count > Self.summandLimit { return nil }
    }
    strips.sort { $0.low < $1.low }
    let axis = strips[0].axis
    let size = shape(a)[axis]
    for (first, second) in zip(strips, strips.dropFirst()) {
      if second.axis != axis || size - first.high != second.low { return nil }
    }
    var pad = Pad(low: shape(a).map { _ in 0 }, high: shape(a).map { _ in 0 })
    pad.low[axis] = strips[0].low
    pad.high[axis] = strips[strips.count - 1].high
    return Match(
      "pad(a) + pad(b) ⇒ pad(concat(a, b))",
      .op(.pad(pad), [.op(.concat(Concat(axis: axis)), strips.map { .value($0.value) })]))
  }

  private func strip(_ value: ValueID) -> Strip? {
    guard let node = node(value), case .pad(let pad) = node.op, pad.interior.allSatisfy({ $0 == 0 }) else { return nil }
    let padded = pad.low.indices.filter { pad.low[$0] != 0 || pad.high[$0] != 0 }
    guard padded.count == 1 else { return nil }
    return Strip(value: node.operands[0], axis: padded[0], low: pad.low[padded[0]], high: pad.high[padded[0]])
  }
}
