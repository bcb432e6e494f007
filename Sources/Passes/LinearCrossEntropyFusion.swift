// log_sum_exp(h·Wᵀ + b) − Σ select(class = label, h·Wᵀ + b, 0), times weights  ⇒  linear_cross_entropy(h, W, labels, b, w)
// and with (softmax(h·Wᵀ + b) − onehot)·g·w, its products with W and h and its sum
//   ⇒  linear_cross_entropy_gradient(h, W, labels, b, w, g), which gives the loss too where g is known before it

import Support
import TensorIR

extension Pass {
  /// Fuses a head with its cross-entropy, forward and backward, so that the logits are never in memory all at once.
  public static let linearCrossEntropy = Pass(
    name: "fuse-lm-head",
    summary: "fuse the product that gives logits with cross-entropy and argmax, and their adjoints",
    level: 2
  ) { (function, context) throws(Diagnostic) in
    let hasAnchor = function.nodes.contains { node in
      if case .logSumExp = node.op { true } else { false }
    }
    if !hasAnchor { return function }
    // What nothing reads would look like a further reader.
    var scratch = PassContext()
    var matches = LinearCrossEntropyMatches(try Pass.dce.run(function, &scratch))
    matches.find(&context)
    return matches.list.isEmpty ? function : try matches.rewrite()
  }
}

/// Finds linear cross-entropies and builds the function in which they are fused.
struct LinearCrossEntropyMatches {
  let function: Function
  let graph: GraphIndex
  private(set) var list: [LinearCrossEntropyMatch] = []

  init(_ function: Function) {
    self.function = function
    graph = GraphIndex(function)
  }

  mutating func find(_ context: inout PassContext) {
    for (index, node) in function.nodes.enumerated() {
      guard case .logSumExp = node.op else { continue }
      do throws(LinearCrossEntropyMatcher.Failure) {
        var match = try LinearCrossEntropyMatcher(graph, logSumExp: index).match()
        guard let early = early(match, match.operands) else {
          throw .init(reason: "its labels or weights depend on its results")
        }
        match.early = early
        if let adjoint = match.backward?.adjoint,
          let early = self.early(match, match.operands + [adjoint.value].compactMap { $0 })
        {
          match.early = early
          match.backward!.isOnePass = true
        }
        if leave(match, at: node.provenance, &context) { list.append(match) }
      } catch {
        context.missed(
          at: node.provenance,
          "cross-entropy not fused with the product before it at \(Printer.name(node.result, in: function)): "
            + error.reason)
      }
    }
  }

  private func leave(_ match: LinearCrossEntropyMatch, at provenance: Provenance, _ context: inout PassContext) -> Bool
  {
    guard let backward = match.backward else {
      return context.fire("cross-entropy of h·Wᵀ + b ⇒ linear_cross_entropy", at: provenance)
    }
    if !backward.isOnePass {
      context.missed(
        at: provenance,
        "the logits are computed again for their adjoints: the loss's adjoint is not known before the loss")
      if !context.fire("cross-entropy of h·Wᵀ + b ⇒ linear_cross_entropy", at: provenance) { return false }
    }
    return context.fire("cross-entropy adjoints ⇒ linear_cross_entropy_gradient", at: provenance)
  }

  /// The nodes from the match's place on that some values need, if none of them depends on a fused cross-entropy.
  private func early(_ match: LinearCrossEntropyMatch, _ values: [ValueID]) -> [Int]? {
    var stack = values
    var seen = Set<ValueID>()
    var nodes: [Int] = []
    let fused = Set(
      (list + [match]).flatMap {
        [$0.loss, $0.argmax, $0.backward?.input, $0.backward?.matrix, $0.backward?.bias].compactMap { $0 }
      })
    while let value = stack.popLast() {
      guard seen.insert(value).inserted, let (index, node) = graph.definition(value) else { continue }
      if index < match.place { continue }
      if fused.contains(index) { return nil }
      nodes.append(index)
      stack += node.operands
    }
    return nodes.sorted()
  }

  func rewrite() throws(Diagnostic) -> Function {
    var atLoss: [Int: LinearCrossEntropyMatch] = [:]
    var atAdjoint: [Int: LinearCrossEntropyMatch] = [:]
    for match in list {
      atLoss[match.place] = match
      if let backward = match.backward, !backward.isOnePass { atAdjoint[backward.logits] = match }
    }
    var builder = LinearCrossEntropyRewriter(function)
    for (index, node) in function.nodes.enumerated() {
      if let match = atLoss[index] { try builder.loss(match) }
      if let match = atAdjoint[index] { try builder.adjoints(match, givesLoss: false) }
      builder.leave(index, node)
    }
    // What the fused nodes replaced is now read by nothing.
    var context = PassContext()
    return try Pass.dce.run(builder.rewriter.finish(), &context)
  }
}
