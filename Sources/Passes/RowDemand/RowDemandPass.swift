// gather(f(x), ids)  ⇒  f(gather(x, ids))      for f that computes each row from the same row of its operands:
//   element-wise, broadcasts, products with a matrix, reductions and softmax along other axes, views that keep rows whole
// f(scatter_add(x, ids), y)  ⇒  scatter_add(f(x, gather(y, ids)), ids)      for such f that is linear in its first operand
// Σ over rows, or product summed over rows, of scatter_add(x, ids) and y  ⇒  that of x and gather(y, ids)
// convert(rank ≥ k), rank = argsort(order), order = argsort(…)  =  scatter_add(1, order[k…])

import Support
import TensorIR

extension Pass {
  /// Computes only rows that somebody reads. Holds for finite values: a row nobody reads may have held NaN or infinity,
  /// which zero times would have spread.
  public static let rowDemand = Pass(
    name: "row-demand", summary: "compute only rows that are read: gathers rise, scatters sink, zero rows go", level: 2
  ) { (function, context) throws(Diagnostic) in
    // Nodes that nothing reads want no rows, and would be in the way.
    var scratch = PassContext()
    let live = try Pass.dce.run(function, &scratch)
    var choices = try ColumnSplit.apply(RowChoices(GraphIndex(live)), &context)
    func unlessSame(_ result: Function) -> Function { result == live ? function : result }
    var refused = Set<RowSet.Base>()
    for saving in choices.savings {
      let set = saving.rows.set
      let fired = context.fire(
        "rows nobody reads are not computed", at: saving.provenance,
        "\(set.count) of \(set.rows) rows, \((saving.flops * 1e-6).significant(4)) MFLOP less"
          + (saving.layers.isEmpty ? "" : " in \(saving.layers.joined(separator: ", "))"))
      if !fired { refused.insert(saving.base) }
    }
    if !refused.isEmpty { choices = RowChoices(choices.graph, excluded: refused) }
    choices.explain(&context)
    if choices.savings.isEmpty { return unlessSame(choices.graph.function) }
    var rewriter = RowRewriter(choices.demand)
    return try rewriter.rewrite() ?? unlessSame(choices.graph.function)
  }
}

extension Pass {
  /// The FLOPs that a step of a pipeline took away, not counting nodes nothing read.
  public static func flopsSaved(_ event: PassManager.Event) -> Double {
    if !event.changed { return 0 }
    var context = PassContext()
    guard let live = try? Pass.dce.run(event.before, &context) else { return 0 }
    return max(0, Cost.flops(live) - Cost.flops(event.after))
  }
}
