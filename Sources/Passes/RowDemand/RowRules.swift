import TensorIR

/// In what form a node that is computed on chosen rows reads an operand.
enum RowOperand: Hashable {
  /// Not at all.
  case unread
  /// Whole.
  case whole
  /// Its chosen rows.
  case rows(Rows)
  /// What it is the scatter of.
  case scattered
}

/// Which rows of their operands row-wise operations need for some rows of their result.
struct RowRules {
  let function: Function

  /// What each operand of a node must give for `rows` of its result; nil if the operation is not row-wise there.
  func operands(of node: Node, _ rows: Rows) -> [RowOperand]? {
    switch node.op {
    case .unary, .binary, .compare, .select, .convert: return node.operands.map { _ in .rows(rows) }
    case .constant(let op):
      if case .splat = op.value { return [] }
      return nil
    case .iota(let op): return rows.isOther(op.axis) ? [] : nil
    case .broadcast(let op): return broadcast(op, node, rows)
    case .reshape: return one(rows.reshaped(to: shape(node, 0)))
    case .transpose(let op): return one(rows.transposed(op.inverse))
    case .slice(let op): return one(slice(op, shape(node, 0), rows))
    case .pad(let op): return one(pad(op, shape(node, 0), rows))
    case .concat(let op): return concat(op, node, rows)
    case .reduce(let op): return one(rows.beforeReduction(op.axes, shape(node, 0)))
    case .matmul(let op): return matmul(op, node, rows)
    case .softmax: return rows.isOther(rows.axes.count - 1) ? [.rows(rows)] : nil
    case .logSumExp, .argmax: return one(rows.beforeReduction([rows.axes.count], shape(node, 0)))
    case .argsort: return rows.isOther(rows.axes.count - 1) ? [.rows(rows)] : nil
    // A dropout's bits depend on an element's place; the others are not row-wise, or come later.
    case .dropout, .gather, .scatterAdd, .stopGradient, .attention, .attentionGradient, .linearCrossEntropy,
      .linearCrossEntropyGradient, .layerNorm, .layerNormGradient:
      return nil
    }
  }

  func shape(_ node: Node, _ operand: Int) -> [Int] { function.type(of: node.operands[operand]).shape }

  private func one(_ rows: Rows?) -> [RowOperand]? { rows.map { [.rows($0)] } }

  /// How a broadcast's operand holds the rows.
  enum BroadcastSource {
    /// It has none: all rows are the same.
    case uniform
    /// It has rows and batch.
    case rows(Rows)
    /// It has rows, the same for every element of the batch.
    case shared(Rows)
  }

  func source(of op: Broadcast, _ shape: [Int], _ rows: Rows) -> BroadcastSource? {
    let before = rows.beforeBroadcast(op, shape)
    if before.rowAxis == nil { return .uniform }
    if before.missingBatch.isEmpty { return .rows(before) }
    let isShared = rows.set.batch.indices.allSatisfy { !before.axes.joined().contains(.batch($0)) }
    let isApart = rows.axes.allSatisfy { $0.count == 1 || !$0.contains { if case .other = $0 { false } else { true } } }
    return isShared && isApart ? .shared(before) : nil
  }

  private func broadcast(_ op: Broadcast, _ node: Node, _ rows: Rows) -> [RowOperand]? {
    switch source(of: op, shape(node, 0), rows) {
    case .rows(let before)?: [.rows(before)]
    case .uniform?, .shared?: [.whole]
    case nil: nil
    }
  }

  private func slice(_ op: Slice, _ shape: [Int], _ rows: Rows) -> Rows? {
    rows.moved(
      to: shape, by: { op.start[$0] },
      isWhole: { op.start[$0] == 0 && op.limit[$0] == shape[$0] && op.step[$0] == 1 }, canShift: { op.step[$0] == 1 })
  }

  private func pad(_ op: Pad, _ shape: [Int], _ rows: Rows) -> Rows? {
    rows.moved(
      to: shape, by: { -op.low[$0] }, isWhole: { op.low[$0] + op.high[$0] + op.interior[$0] == 0 },
      canShift: { op.interior[$0] == 0 })
  }

  private func concat(_ op: Concat, _ node: Node, _ rows: Rows) -> [RowOperand]? {
    if rows.isOther(op.axis) {
      return node.operands.map { operand in
        var part = rows
        part.axes[op.axis] = Rows.other(function.type(of: operand).shape[op.axis])
        return .rows(part)
      }
    }
    // Rows that all lie in one part are rows of that.
    guard rows.axes[op.axis] == [.row] else { return nil }
    var start = 0
    var found: [RowOperand]?
    for (index, operand) in node.operands.enumerated() {
      let size = function.type(of: operand).shape[op.axis]
      if let set = rows.set.shifted(by: -start, rows: size) {
        var part = rows
        part.set = set
        found = node.operands.indices.map { $0 == index ? .rows(part) : .unread }
      }
      start += size
    }
    return found
  }

  private func matmul(_ op: Matmul, _ node: Node, _ rows: Rows) -> [RowOperand]? {
    let rank = rows.axes.count
    let (m, n) = (rank - 2, rank - 1)
    let a = shape(node, 0)
    let inner = Rows.other(op.transposeA ? a[m] : a[n])
    func left() -> RowOperand {
      .rows(Rows(rows.set, rows.axes.prefix(m) + (op.transposeA ? [inner, rows.axes[m]] : [rows.axes[m], inner])))
    }
    func right() -> RowOperand {
      .rows(Rows(rows.set, rows.axes.prefix(m) + (op.transposeB ? [rows.axes[n], inner] : [inner, rows.axes[n]])))
    }
    guard let axis = rows.rowAxis else { return nil }
    if axis == m { return rows.isOther(n) ? [left(), .whole] : nil }
    if axis == n { return rows.isOther(m) ? [.whole, right()] : nil }
    return rows.isOther(m) && rows.isOther(n) ? [left(), right()] : nil
  }
}
