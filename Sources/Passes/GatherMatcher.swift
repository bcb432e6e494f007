import Support
import TensorIR

/// Finds the equation that applies to an operation on values of the function being built.
struct GatherMatcher {
  let rewriter: Rewriter

  struct Rewrite {
    var name: StaticString
    var build: (inout Rewriter) throws(Diagnostic) -> ValueID
  }

  func match(_ op: Op, _ x: [ValueID]) -> Rewrite? {
    if case .gather(let gather) = op { return joined(gather, x[0], x[1]) }
    if case .concat(let concat) = op { return shifted(concat, x) }
    if case .scatterAdd(let scatter) = op { return undone(scatter, x[0], x[1]) }
    if case .slice(let slice) = op { return sliced(slice, x[0]) }
    return nil
  }

  private func node(_ value: ValueID) -> Node? { rewriter.definition(of: value) }
  private func shape(_ value: ValueID) -> [Int] { rewriter.type(value).shape }

  /// The broadcast that repeats a value along an axis.
  private func repeated(_ value: ValueID, along axis: Int) -> (Broadcast, ValueID)? {
    guard let node = node(value), case .broadcast(let op) = node.op else { return nil }
    if let place = op.axes.firstIndex(of: axis), shape(node.operands[0])[place] != 1 || op.shape[axis] == 1 {
      return nil
    }
    return (op, node.operands[0])
  }

  /// The rows of a tensor that a slice takes, all else whole.
  private func rows(_ value: ValueID, along axis: Int) -> (source: ValueID, rows: Range<Int>)? {
    guard let node = node(value), case .slice(let op) = node.op else { return nil }
    return rows(op, of: shape(node.operands[0]), along: axis).map { (node.operands[0], $0) }
  }

  private func joined(_ op: Gather, _ data: ValueID, _ indices: ValueID) -> Rewrite? {
    guard let node = node(data), case .concat(let concat) = node.op, concat.axis == op.batchDims,
      node.operands.count == 2, rewriter.type(indices).rank == op.batchDims + 1,
      let (broadcast, filling) = repeated(node.operands[1], along: concat.axis)
    else { return nil }
    let first = node.operands[0]
    let count = shape(first)[concat.axis]
    return Rewrite(name: "gather(concat(a, broadcast(m)), i) ⇒ select(i < |a|, gather(a, i), broadcast(m))") {
      (rewriter) throws(Diagnostic) in
      try Self.select(&rewriter, op, first, indices, below: count, broadcast, filling)
    }
  }

  /// Rows of `data` where the index is below `count`, elsewhere what is broadcast.
  private static func select(
    _ rewriter: inout Rewriter, _ op: Gather, _ data: ValueID, _ indices: ValueID, below count: Int,
    _ broadcast: Broadcast, _ filling: ValueID
  ) throws(Diagnostic) -> ValueID {
    let rows = try rewriter.add(.gather(op), [data, indices])
    let shape = rewriter.type(rows).shape
    let index = rewriter.type(indices)
    let wide = try rewriter.add(.broadcast(Broadcast(shape: shape, axes: Array(0..<index.rank))), [indices])
    let bound = try rewriter.splat(Double(count), TensorType(index.element, shape))
    let isRow = try rewriter.add(.compare(Compare(.lt)), [wide, bound])
    let other = try rewriter.add(.broadcast(Broadcast(shape: shape, axes: broadcast.axes)), [filling])
    return try rewriter.add(.select(Select()), [isRow, rows, other])
  }

  private func shifted(_ concat: Concat, _ x: [ValueID]) -> Rewrite? {
    let axis = concat.axis
    guard x.count == 2, let (source, head) = rows(x[0], along: axis), head.lowerBound == 0,
      let choice = node(x[1]), case .select = choice.op, let test = node(choice.operands[0]),
      case .compare(let compare) = test.op, compare.kind == .lt, let count = splat(test.operands[1]),
      let wide = node(test.operands[0]), case .broadcast(let spread) = wide.op,
      let gathered = node(choice.operands[1]), case .gather(let op) = gathered.op, op.batchDims == axis,
      wide.operands[0] == gathered.operands[1], spread.axes == Array(0...axis),
      let (data, tail) = rows(gathered.operands[0], along: axis), data == source,
      tail.lowerBound == head.upperBound, Int(count) == tail.count,
      let (broadcast, filling) = repeated(choice.operands[2], along: axis)
    else { return nil }
    let indices = gathered.operands[1]
    let type = rewriter.type(indices)
    return Rewrite(name: "concat(x, select(i, gather(x, i), broadcast(m))) ⇒ select(j, gather(x, j), broadcast(m))") {
      (rewriter) throws(Diagnostic) in
      let least = try rewriter.splat(0, type)
      let offset = try rewriter.splat(Double(head.count), type)
      let positive = try rewriter.add(.binary(Binary(.max)), [indices, least])
      let moved = try rewriter.add(.binary(Binary(.add)), [positive, offset])
      let first = TensorType(type.element, type.shape.dropLast() + [head.count])
      let start = try rewriter.add(.iota(Iota(axis: axis, first)), [])
      let places = try rewriter.add(.concat(Concat(axis: axis)), [start, moved])
      return try Self.select(&rewriter, op, source, places, below: tail.upperBound, broadcast, filling)
    }
  }

  private func splat(_ value: ValueID) -> Double? {
    guard case .constant(let constant)? = node(value)?.op, case .splat(let number) = constant.value else { return nil }
    return number
  }

  private func undone(_ op: ScatterAdd, _ updates: ValueID, _ indices: ValueID) -> Rewrite? {
    guard let ranks = node(indices), case .argsort = ranks.op, let order = node(ranks.operands[0]),
      case .argsort = order.op, op.batchDims == rewriter.type(indices).rank - 1,
      op.shape[op.batchDims] == shape(indices)[op.batchDims]
    else { return nil }
    return Rewrite(name: "scatter_add(u, argsort(argsort(x))) ⇒ gather(u, argsort(x))") {
      (rewriter) throws(Diagnostic) in
      try rewriter.add(.gather(Gather(batchDims: op.batchDims)), [updates, order.results[0]])
    }
  }

  private func sliced(_ op: Slice, _ value: ValueID) -> Rewrite? {
    guard let node = node(value), case .gather(let gather) = node.op, case let data = node.operands[0],
      case let indices = node.operands[1], case let axis = gather.batchDims, rewriter.type(indices).rank == axis + 1,
      let taken = rows(op, of: shape(value), along: axis), taken.count < shape(value)[axis],
      rewriter.uses(of: value) <= 2
    else { return nil }
    var (start, limit) = (shape(indices).map { _ in 0 }, shape(indices))
    (start[axis], limit[axis]) = (taken.lowerBound, taken.upperBound)
    return Rewrite(name: "slice(gather(u, i)) ⇒ gather(u, slice(i))") { [start, limit] (rewriter) throws(Diagnostic) in
      let part = try rewriter.add(.slice(Slice(start: start, limit: limit)), [indices])
      return try rewriter.add(.gather(gather), [data, part])
    }
  }

  /// The rows a slice takes of a shape, all else whole.
  private func rows(_ op: Slice, of source: [Int], along axis: Int) -> Range<Int>? {
    if op.step[axis] != 1 { return nil }
    let others = source.indices.filter { $0 != axis }
    if others.contains(where: { op.start[$0] != 0 || op.limit[$0] != source[$0] || op.step[$0] != 1 }) { return nil }
    return op.start[axis]..<op.limit[axis]
  }
}
