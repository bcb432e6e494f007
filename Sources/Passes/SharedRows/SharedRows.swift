// f(unshuffle(tokens, c) + p)  ⇒  gather(f(table), ids)
//   table = the records' own tokens + their places of p, then c + p once for all records
//   f     = what works on each row by itself: layer norm, products with parameters, their biases

import Support
import TensorIR

extension Pass {
  /// Where every record has the same vector at the rows it hides (the mask token of a masked auto-encoder), a row of one
  /// record differs from that of another by nothing until attention mixes them: layer norm and projections before it are
  /// computed once for all records. Runs before differentiation, so that the adjoint of the gather adds the gradients of
  /// equal rows first, and the products of the backward have as few rows.
  public static let shareRows = Pass(
    name: "share-rows", summary: "compute rows that are equal in all records once", level: 2
  ) { (function, context) throws(Diagnostic) in
    let graph = GraphIndex(function)
    var tables: [Int: SharedRows] = [:]
    for (index, node) in function.nodes.enumerated() {
      guard let filled = FilledRows(node, graph) else { continue }
      let closure = RowwiseClosure(filled, at: index, graph)
      if !closure.hasProducts { continue }
      if let reason = closure.objection {
        context.missed(at: node.provenance, "rows are not shared: \(reason)")
      } else if context.fire("f(unshuffle(x, c)) ⇒ gather(f(table), ids)", at: node.provenance, closure.summary) {
        tables[index] = SharedRows(filled: filled, closure: closure)
      }
    }
    return tables.isEmpty ? function : try SharedRowsRewriter.rewrite(graph, tables)
  }
}

/// A tensor whose rows records share, and what is to be computed on its table.
struct SharedRows {
  let filled: FilledRows
  let closure: RowwiseClosure
}
