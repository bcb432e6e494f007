// v kept from forward to backward  ⇒  v computed again where the backward first reads it

import Support
import TensorIR

extension Pass {
  /// Computes values of the forward again in the backward instead of keeping them, those that cost the fewest operations
  /// per byte first.
  public static let recompute = Pass(
    name: "recompute", summary: "compute kept values again in the backward, the cheapest per byte first", level: 2,
    parameters: [.init("values", "how many values; 0: none", initial: 0)]
  ) { (function, context) throws(Diagnostic) in
    let count = context.argument("values")
    if count <= 0 { return function }
    let plan = RecomputePlan(function)
    var accepted = 0
    for choice in plan.choices.prefix(count) {
      let provenance = function.nodes[choice.node].provenance
      let fires = context.fire(
        "kept value computed again", at: provenance,
        "\(function.nodes[choice.node].op.mnemonic), \(choice.bytes) bytes for \(choice.operations) operations")
      if !fires { break }
      accepted += 1
    }
    return accepted == 0 ? function : try plan.applied(accepted)
  }
}
