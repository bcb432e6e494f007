// op(constants) ⇒ constant      (splats of any size; lists of at most 4096 elements)

import Support
import TensorIR

extension Pass {
  /// Computes at compile time what depends on constants alone.
  public static let fold = Pass(
    name: "fold", summary: "compute what depends on constants alone", level: 0,
    parameters: [Parameter("limit", "the most elements a folded list may have", initial: ConstantEvaluator.sizeLimit)]
  ) { (function, context) throws(Diagnostic) in
    let limit = context.argument("limit")
    return try Rewriter.rewrite(function) { (rewriter, node, operands) throws(Diagnostic) in
      guard node.results.count == 1, !operands.isEmpty else { return nil }
      var constants: [Constant] = []
      for operand in operands {
        guard let constant = rewriter.constant(operand) else { return nil }
        constants.append(constant)
      }
      let type = function.type(of: node.result)
      guard let folded = ConstantEvaluator.evaluate(node.op, constants, type, limit: limit) else {
        context.missed(at: node.provenance, "\(node.op.mnemonic) of constants, \(type)")
        return nil
      }
      guard context.fire("constant folded", at: node.provenance, "\(node.op.mnemonic) \(type)") else { return nil }
      return [try rewriter.add(.constant(folded), [])]
    }
  }
}

extension Rewriter {
  /// The constant a value is.
  func constant(_ value: ValueID) -> Constant? {
    guard case .constant(let constant)? = definition(of: value)?.op else { return nil }
    return constant
  }
}
