// v = op(…), v read by nothing  ⇒  nothing

import Support
import TensorIR

extension Pass {
  /// Removes nodes that neither a result nor a guard depends on.
  public static let dce = Pass(name: "dce", summary: "remove nodes whose results nothing reads", level: 0) {
    (function, context) throws(Diagnostic) in
    var live = [Bool](repeating: false, count: function.valueCount)
    for result in function.results { live[result.value.index] = true }
    for value in function.guards { live[value.index] = true }
    var kept = [Bool](repeating: true, count: function.nodes.count)
    for (index, node) in function.nodes.enumerated().reversed() {
      if !node.results.contains(where: { live[$0.index] }),
        context.fire("dead node removed", at: node.provenance, node.op.mnemonic)
      {
        kept[index] = false
      } else {
        for operand in node.operands { live[operand.index] = true }
      }
    }
    if kept.allSatisfy({ $0 }) { return function }
    var rewriter = Rewriter(function)
    for (index, node) in function.nodes.enumerated() where kept[index] { rewriter.copy(node) }
    return rewriter.finish()
  }
}
