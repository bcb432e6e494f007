import TensorIR

extension RowSparsity {
  /// Rows that are zero before a product are zero after it; rows that the product sums over need not be multiplied.
  func matmul(_ op: Matmul, _ node: Node) -> RowPlan {
    for side in 0..<2 {
      guard let rows = sparsity(node.operands[side]), let axis = rows.rowAxis else { continue }
      let rank = rows.axes.count
      let isTransposed = side == 0 ? op.transposeA : op.transposeB
      // Of this operand the axis of the result and the axis summed over.
      let kept = (side == 0) != isTransposed ? rank - 2 : rank - 1
      let summed = kept == rank - 1 ? rank - 2 : rank - 1
      let other = shape(node.operands[1 - side])
      let isOtherTransposed = side == 0 ? op.transposeB : op.transposeA
      let otherKept = (side == 1) != isOtherTransposed ? rank - 2 : rank - 1
      func ordered(_ this: RowOperand, _ that: RowOperand) -> [RowOperand] { side == 0 ? [this, that] : [that, this] }
      if axis == summed {
        if !rows.isOther(kept) { continue }
        var factor = Array(rows.axes.prefix(rank - 2)) + [rows.axes[summed], rows.axes[summed]]
        factor[otherKept] = Rows.other(other[otherKept])
        return .contracted(ordered(.scattered, .rows(Rows(rows.set, factor))))
      }
      if !rows.isOther(summed) { continue }
      let free = Rows.other(other[otherKept])
      let result = Rows(
        rows.set, rows.axes.prefix(rank - 2) + (side == 0 ? [rows.axes[kept], free] : [free, rows.axes[kept]]))
      if axis == kept { return .sparse(result, ordered(.scattered, .whole)) }
      if !rows.isOther(kept) { continue }
      var factor = Array(rows.axes.prefix(rank - 2)) + [free, free]
      factor[otherKept == rank - 1 ? rank - 2 : rank - 1] = rows.axes[summed]
      return .sparse(result, ordered(.scattered, .rows(Rows(rows.set, factor))))
    }
    return .dense
  }
}
