// matmul(dropout(softmax(scale·matmul(q, kᵀ) + bias)), v)  ⇒  attention(q, k, v, bias, seed)
// and its five adjoint products with the softmax between them  ⇒  attention_gradient(q, k, v, bias, seed, lse, d out)
// Where q, k and v are bf16 that has been widened, the fused products take it as it was: {narrow}.

import Support
import TensorIR

extension Pass {
  /// Fuses attention forward and backward, so that probabilities are never stored.
  public static let attention = Pass(
    name: "fuse-attention", summary: "fuse scaled products, softmax, dropout and value products, forward and backward",
    level: 2
  ) { (function, context) throws(Diagnostic) in
    var matches = AttentionMatches(function)
    matches.find(&context)
    if matches.list.isEmpty { return function }
    return try matches.rewrite()
  }
}

/// One attention found in a function: node numbers of its parts.
struct AttentionMatch {
  var op: Attention
  /// The operands of the fused operation, as source values.
  var inputs: [ValueID]
  /// The node whose result is the attention's output.
  var output: Int
  var backward: Backward?

  struct Backward {
    /// The adjoint of the output.
    var adjoint: ValueID
    /// The first node of the backward: where the fused one stands.
    var first: Int
    /// The nodes that give the adjoints of q, k and v.
    var q: Int
    var k: Int
    var v: Int
  }
}

/// Finds attentions and builds the function in which they are fused.
struct AttentionMatches {
  let function: Function
  let graph: GraphIndex
  private(set) var list: [AttentionMatch] = []

  init(_ function: Function) {
    self.function = function
    graph = GraphIndex(function)
  }

  mutating func find(_ context: inout PassContext) {
    for (index, node) in function.nodes.enumerated() {
      guard case .softmax = node.op else { continue }
      switch AttentionMatcher(graph, softmax: index).match() {
      case .success(let match):
        if context.fire("matmul(softmax(q·kᵀ), v) ⇒ attention", at: node.provenance) {
          if match.backward != nil, !context.fire("attention adjoints ⇒ attention_gradient", at: node.provenance) {
            return
          }
          list.append(match)
        }
      case .failure(let why):
        context.missed(
          at: node.provenance, "attention not fused at \(Printer.name(node.result, in: function)): \(why.reason)")
      }
    }
  }

  func rewrite() throws(Diagnostic) -> Function {
    var forward: [Int: AttentionMatch] = [:]
    var backward: [Int: AttentionMatch] = [:]
    for match in list {
      forward[match.output] = match
      if let part = match.backward { backward[part.first] = match }
    }
    var sums: [Int: ValueID] = [:]
    var replaced: [Int: ValueID] = [:]
    var rewriter = Rewriter(function)
    var rounded = RoundedValues(graph)
    for (index, node) in function.nodes.enumerated() {
      rewriter.provenance = node.provenance
      if let match = forward[index] {
        let inputs = try rounded.inputs(match, &rewriter)
        let results = try rewriter.addAll(.attention(match.op), inputs)
        sums[match.output] = results[1]
        rewriter.replace(node, with: [results[0]])
        continue
      }
      if let match = backward[index], let part = match.backward {
        var operands = try rounded.inputs(match, &rewriter)
        operands.append(sums[match.output]!)
        operands.append(
          match.op.narrow && graph.isRounded(part.adjoint)
            ? try rounded.value(part.adjoint, &rewriter) : rewriter.value(for: part.adjoint))
        let results = try rewriter.addAll(.attentionGradient(AttentionGradient(match.op)), operands)
        for (node, result) in zip([part.q, part.k, part.v], results) { replaced[node] = result }
      }
      if let value = replaced[index] { rewriter.replace(node, with: [value]) } else { rewriter.copy(node) }
    }
    // What the fused nodes replaced is now read by nothing.
    var context = PassContext()
    return try Pass.dce.run(rewriter.finish(), &context)
  }
}
