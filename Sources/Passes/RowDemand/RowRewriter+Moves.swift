import Support
import TensorIR

/// The indices of a choice, with what is added to them.
struct RowIndices: Hashable {
  var base: RowSet.Base
  var offset: Int
}

/// Taking chosen rows out of a tensor, and putting them back.
extension RowRewriter {
  /// The index tensor `[batch…, K]` of chosen rows.
  private mutating func indices(_ set: RowSet) throws(Diagnostic) -> ValueID {
    let key = RowIndices(base: set.base, offset: set.offset)
    if let known = indices[key] { return known }
    let outside = rewriter.provenance
    rewriter.provenance = provenance(set.base.choice)
    defer { rewriter.provenance = outside }
    let result: ValueID
    if set.offset == 0 {
      switch set.base.choice {
      case .value(let ids): result = rewriter.value(for: ids)
      case .places(let order, let from, let to):
        let whole = rewriter.value(for: order)
        let shape = rewriter.type(whole).shape
        result = try sliced(
          whole, Slice(start: shape.dropLast().map { _ in 0 } + [from], limit: shape.dropLast() + [to]))
      }
    } else {
      var first = set
      first.offset = 0
      let ids = try indices(first)
      result = try rewriter.add(
        .binary(Binary(.add)), [ids, try rewriter.splat(Double(set.offset), rewriter.type(ids))])
    }
    indices[key] = result
    return result
  }

  private func provenance(_ choice: RowSet.Choice) -> Provenance {
    switch choice {
    case .value(let ids), .places(let ids, _, _):
      demand.graph.definition(ids)?.node.provenance ?? rewriter.provenance
    }
  }

  /// The chosen rows of a whole tensor: `[batch…, rows, rest…]` is gathered, and the axes put back.
  mutating func gather(_ whole: ValueID, _ rows: Rows) throws(Diagnostic) -> ValueID {
    let plan = RowMove(rows)
    let split = try transposed(try reshaped(whole, plan.factors(rows.set.rows)), plan.order.permutation)
    let ids = try indices(rows.set)
    let taken = try rewriter.add(
      .gather(Gather(batchDims: rows.set.batch.count)),
      [try reshaped(split, rows.set.batch + [rows.set.rows] + plan.rest), ids])
    let ordered = try reshaped(taken, plan.ordered(rows.set.count))
    return try reshaped(try transposed(ordered, plan.order.inverse.permutation), rows.chosenShape)
  }

  /// The whole tensor: zero but for the chosen rows.
  mutating func scatter(_ chosen: ValueID, _ rows: Rows) throws(Diagnostic) -> ValueID {
    let plan = RowMove(rows)
    let split = try transposed(try reshaped(chosen, plan.factors(rows.set.count)), plan.order.permutation)
    let ids = try indices(rows.set)
    let updates = try reshaped(split, rows.set.batch + [rows.set.count] + plan.rest)
    let whole = try rewriter.add(
      .scatterAdd(ScatterAdd(batchDims: rows.set.batch.count, shape: rows.set.batch + [rows.set.rows] + plan.rest)),
      [updates, ids])
    let ordered = try reshaped(whole, plan.ordered(rows.set.rows))
    return try reshaped(try transposed(ordered, plan.order.inverse.permutation), rows.shape)
  }

  /// Chosen rows of a broadcast whose operand is the same for all of the batch: taken from the operand.
  ///
  /// `before`: the rows in the operand; `rows`: in the broadcast, where batch and rows have axes of their own.
  mutating func gatherShared(
    _ operand: ValueID, _ before: Rows, _ broadcast: Broadcast, _ rows: Rows
  ) throws(Diagnostic) -> ValueID {
    let rowAxis = before.rowAxis!
    // Axes of one element need no place of their own.
    let axes = before.axes.indices.filter { !before.axes[$0].isEmpty }
    let rest = axes.filter { $0 != rowAxis }
    let sizes = rewriter.type(operand).shape
    let first = try transposed(
      try reshaped(operand, axes.map { sizes[$0] }), ([rowAxis] + rest).map { axes.firstIndex(of: $0)! })
    let taken = try rewriter.add(.gather(Gather(batchDims: 0)), [first, try indices(rows.set)])
    // Batch axes of one element have no axis to go to.
    let batch = rows.set.batch.indices.filter { rows.set.batch[$0] > 1 }
    let shape = rewriter.type(taken).shape
    let kept = try reshaped(taken, batch.map { rows.set.batch[$0] } + shape.dropFirst(rows.set.batch.count))
    let targets =
      batch.map { index in rows.axes.firstIndex(of: [.batch(index)])! } + [broadcast.axes[rowAxis]]
      + rest.map { broadcast.axes[$0] }
    let order = targets.indices.sorted { targets[$0] < targets[$1] }
    let turned = try transposed(kept, order)
    if rewriter.type(turned).shape == broadcast.shape { return turned }
    return try rewriter.add(
      .broadcast(Broadcast(shape: broadcast.shape, axes: order.map { targets[$0] })), [turned])
  }

  // MARK: Views that vanish where they change nothing

  mutating func reshaped(_ x: ValueID, _ shape: [Int]) throws(Diagnostic) -> ValueID {
    var source = x
    while let node = rewriter.definition(of: source), case .reshape = node.op { source = node.operands[0] }
    if rewriter.type(source).shape == shape { return source }
    return try rewriter.add(.reshape(Reshape(shape)), [source])
  }

  mutating func transposed(_ x: ValueID, _ permutation: [Int]) throws(Diagnostic) -> ValueID {
    if permutation == Array(permutation.indices) { return x }
    if let node = rewriter.definition(of: x), case .transpose(let first) = node.op {
      return try transposed(node.operands[0], permutation.map { first.permutation[$0] })
    }
    return try rewriter.add(.transpose(Transpose(permutation)), [x])
  }

  mutating func sliced(_ x: ValueID, _ op: Slice) throws(Diagnostic) -> ValueID {
    let isWhole = op.start.allSatisfy { $0 == 0 } && op.limit == rewriter.type(x).shape
    return isWhole && op.step.allSatisfy { $0 == 1 } ? x : try rewriter.add(.slice(op), [x])
  }
}

/// How a tensor's axes are split and ordered so that batch and rows come first.
private struct RowMove {
  /// Every factor that has more than one element, in the tensor's order.
  private let all: [RowFactor]
  private let rows: Rows
  /// From the tensor's factors to batch, rows and rest.
  let order: Transpose

  init(_ rows: Rows) {
    self.rows = rows
    all = Array(rows.axes.joined())
    func rank(_ factor: RowFactor) -> Int {
      switch factor {
      case .batch(let index): index
      case .row: rows.set.batch.count
      case .other: rows.set.batch.count + 1
      }
    }
    let all = all
    order = Transpose(all.indices.sorted { (rank(all[$0]), $0) < (rank(all[$1]), $1) })
  }

  private func size(_ factor: RowFactor, _ count: Int) -> Int { factor == .row ? count : rows.size(factor) }

  /// The sizes of the factors in the tensor's order, with that many rows.
  func factors(_ count: Int) -> [Int] { all.map { size($0, count) } }

  /// The same, batch and rows first.
  func ordered(_ count: Int) -> [Int] { order.permutation.map { size(all[$0], count) } }

  /// The sizes of what is neither.
  var rest: [Int] {
    all.compactMap { factor in
      if case .other(let size) = factor { size } else { nil }
    }
  }
}
