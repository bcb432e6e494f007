// stop_gradient(x)  ⇒  x      (once gradients have been taken)

import Support
import TensorIR

extension Pass {
  /// Removes `stop_gradient`, which means something to reverse mode only.
  public static let eraseStopGradient = Pass(
    name: "erase-stop-gradient", summary: "remove stop_gradient once gradients have been taken", level: 0
  ) { (function, context) throws(Diagnostic) in
    try Rewriter.rewrite(function) { (_, node, operands) throws(Diagnostic) in
      guard case .stopGradient = node.op, context.fire("stop_gradient(x) ⇒ x", at: node.provenance) else { return nil }
      return operands
    }
  }
}
