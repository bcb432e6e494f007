// (x − mean(x))·rsqrt(variance(x) + ε)·γ + β  ⇒  layer_norm(x, γ, β), which keeps mean and rstd,
// and its adjoints  ⇒  layer_norm_gradient(x, mean, rstd, γ, dy), so that no normalised copy lives until the backward

import Support
import TensorIR

extension Pass {
  /// Fuses layer normalisation forward and backward.
  public static let layerNorm = Pass(
    name: "fuse-layer-norm", summary: "fuse means, variances, scales and shifts of rows, forward and backward", level: 2
  ) { (function, context) throws(Diagnostic) in
    let graph = GraphIndex(function)
    var matches: [LayerNormMatch] = []
    for (index, node) in function.nodes.enumerated() {
      guard case .unary(let op) = node.op, op.kind == .rsqrt else { continue }
      switch LayerNormMatcher(graph, deviation: index).match() {
      case .success(let match):
        let fires =
          match.backward == nil
          ? context.fire("normalised rows ⇒ layer_norm", at: node.provenance)
          : context.fire("normalised rows, adjoints ⇒ layer_norm, layer_norm_gradient", at: node.provenance)
        if fires { matches.append(match) }
      case .failure(let why):
        context.missed(
          at: node.provenance, "layer norm not fused at \(Printer.name(node.result, in: function)): \(why.reason)")
      }
    }
    return matches.isEmpty ? function : try LayerNormMatch.rewrite(function, matches)
  }
}

/// One layer norm found in a function: node numbers of its parts.
struct LayerNormMatch {
  var op: LayerNorm
  /// x, γ and β, as source values.
  var inputs: [ValueID]
  /// The node whose result is y.
  var output: Int
  var backward: Backward?

  struct Backward {
    var adjoint: ValueID
    /// The node whose result is dx where x − mean was all that depended on x; dx takes its place.
    var dx: Int
    /// The node that adds the share of the mean to what stands for dx, and that other summand.
    var sum: Int
    var rest: ValueID
    /// The nodes that give the adjoints of γ and β.
    var scales: [Int]
    var shifts: [Int]

    /// Where the fused node stands: before everything it replaces.
    var first: Int { (scales + shifts + [dx]).min()! }
  }

  static func rewrite(_ function: Function, _ matches: [LayerNormMatch]) throws(Diagnostic) -> Function {
    var forward: [Int: LayerNormMatch] = [:]
    var backward: [Int: LayerNormMatch] = [:]
    for match in matches {
      forward[match.output] = match
      if let part = match.backward { backward[part.first] = match }
    }
    var statistics: [Int: [ValueID]] = [:]
    var replaced: [Int: ValueID] = [:]
    var sums: [Int: ValueID] = [:]
    var rewriter = Rewriter(function)
    for (index, node) in function.nodes.enumerated() {
      rewriter.provenance = node.provenance
      if let match = forward[index] {
        let results = try rewriter.addAll(.layerNorm(match.op), match.inputs.map { rewriter.value(for: $0) })
        statistics[match.output] = Array(results.dropFirst())
        rewriter.replace(node, with: [results[0]])
        continue
      }
      if let match = backward[index], let part = match.backward {
        rewriter.provenance = function.nodes[match.output].provenance
        let (x, scale) = (rewriter.value(for: match.inputs[0]), rewriter.value(for: match.inputs[1]))
        let operands = [x] + statistics[match.output]! + [scale, try adjoint(part, &rewriter, rewriter.type(x))]
        let results = try rewriter.addAll(.layerNormGradient(LayerNormGradient()), operands)
        replaced[part.dx] = results[0]
        for node in part.scales { replaced[node] = results[1] }
        for node in part.shifts { replaced[node] = results[2] }
        sums[part.sum] = part.rest
      }
      if let value = replaced[index] ?? sums[index].map({ rewriter.value(for: $0) }) {
        rewriter.replace(node, with: [value])
      } else {
        rewriter.copy(node)
      }
    }
    // What the fused nodes replaced is now read by nothing.
    var context = PassContext()
    return try Pass.dce.run(rewriter.finish(), &context)
  }

  /// The adjoint of y, in y's shape: a sum over rows may read it before it is reshaped.
  private static func adjoint(
    _ part: Backward, _ rewriter: inout Rewriter, _ type: TensorType
  ) throws(Diagnostic) -> ValueID {
    let value = rewriter.value(for: part.adjoint)
    return rewriter.type(value) == type ? value : try rewriter.add(.reshape(Reshape(type.shape)), [value])
  }
}
