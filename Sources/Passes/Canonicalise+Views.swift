// reshape(x) to its own shape ⇒ x      reshape(reshape(x)) ⇒ reshape(x)
// transpose by the identity ⇒ x      transpose(transpose(x)) ⇒ transpose(x)      transpose that moves only axes of size 1 ⇒ reshape
// transpose(broadcast(x)) ⇒ broadcast(transpose(x))
// broadcast that repeats nothing ⇒ reshape      broadcast(broadcast(x)) ⇒ broadcast(x)
// broadcast(reshape(x)) ⇒ broadcast(x) if the reshape only inserts axes of size 1
// view(constant c) ⇒ constant c

import TensorIR

extension Matcher {
  /// A view or conversion of a splat is a splat.
  func splatted(_ op: Op, _ x: ValueID) -> Match? {
    guard case .constant(let constant)? = node(x)?.op, case .splat = constant.value,
      let type = try? op.infer([type(x)])[0], let folded = ConstantEvaluator.evaluate(op, [constant], type)
    else { return nil }
    return Match("view(constant) ⇒ constant", .op(.constant(folded), []))
  }

  func reshape(_ op: Reshape, _ x: ValueID) -> Match? {
    if op.shape == shape(x) { return Match("identity reshape ⇒ x", x) }
    if let inner = node(x), case .reshape = inner.op {
      return Match("reshape(reshape(x)) ⇒ reshape(x)", .op(.reshape(op), inner.operands[0]))
    }
    return splatted(.reshape(op), x)
  }

  func transpose(_ op: Transpose, _ x: ValueID) -> Match? {
    if op.permutation == Array(0..<op.permutation.count) { return Match("identity transpose ⇒ x", x) }
    if let match = splatted(.transpose(op), x) { return match }
    if let inner = node(x), case .transpose(let first) = inner.op {
      let permutation = op.permutation.map { first.permutation[$0] }
      return Match("transpose(transpose(x)) ⇒ transpose(x)", .op(.transpose(Transpose(permutation)), inner.operands[0]))
    }
    let shape = shape(x)
    let moved = op.permutation.filter { shape[$0] != 1 }
    if moved == moved.sorted() {
      return Match("transpose of axes of size 1 ⇒ reshape", .reshape(x, op.permutation.map { shape[$0] }))
    }
    if let inner = node(x), case .broadcast(let broadcast) = inner.op {
      return transposed(op, broadcast, inner.operands[0])
    }
    return nil
  }

  private func transposed(_ op: Transpose, _ broadcast: Broadcast, _ x: ValueID) -> Match {
    let place = op.inverse.permutation
    let targets = broadcast.axes.map { place[$0] }
    let order = targets.indices.sorted { targets[$0] < targets[$1] }
    let outer = Broadcast(shape: op.permutation.map { broadcast.shape[$0] }, axes: targets.sorted())
    return Match(
      "transpose(broadcast(x)) ⇒ broadcast(transpose(x))",
      .op(.broadcast(outer), [.op(.transpose(Transpose(order)), x)]))
  }

  func broadcast(_ op: Broadcast, _ x: ValueID) -> Match? {
    if let match = splatted(.broadcast(op), x) { return match }
    if op.shape.reduce(1, *) == type(x).count {
      return Match("broadcast that repeats nothing ⇒ reshape", .reshape(x, op.shape))
    }
    guard let inner = node(x) else { return nil }
    if case .broadcast(let first) = inner.op {
      let joined = Broadcast(shape: op.shape, axes: first.axes.map { op.axes[$0] })
      return Match("broadcast(broadcast(x)) ⇒ broadcast(x)", .op(.broadcast(joined), inner.operands[0]))
    }
    if case .reshape(let reshape) = inner.op, let kept = insertedOnes(from: shape(inner.operands[0]), to: reshape.shape)
    {
      let joined = Broadcast(shape: op.shape, axes: kept.map { op.axes[$0] })
      return Match("broadcast(reshape(x)) ⇒ broadcast(x)", .op(.broadcast(joined), inner.operands[0]))
    }
    return nil
  }

  /// Where each axis of `shape` stands in `longer`, if that only has further axes of size 1.
  private func insertedOnes(from shape: [Int], to longer: [Int]) -> [Int]? {
    var places: [Int] = []
    for (axis, size) in longer.enumerated() {
      if places.count < shape.count && shape[places.count] == size {
        places.append(axis)
      } else if size != 1 {
        return nil
      }
    }
    return places.count == shape.count ? places : nil
  }
}
