// log_sum_exp(h·Wᵀ + b) − Σ select(class = label, h·Wᵀ + b, 0), times weights  ⇒  linear_cross_entropy(h, W, labels, b, w)
// and with (softmax(h·Wᵀ + b) − onehot)·g·w, its products with W and h and its sum
//   ⇒  linear_cross_entropy_gradient(h, W, labels, b, w, g), which gives the loss too where g is known before it

import Support
import TensorIR

extension Pass {
  /// Fuses a head with its cross-entropy, forward and backward, so that the logits are never in memory all at once.
  public static let linearCrossEntropy = Pass(
    name: "fuse-lm-head", summary: "fuse the product that gives logits with cross-entropy and argmax, and their adjoints",
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
        if let adjoint = match.backward?.adjoint, let early = self.early(match, match.operands + [adjoint.value].compactMap { $0 }) {
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

  private func leave(_ match: LinearCrossEntropyMatch, at provenance: Provenance, _ context: inout PassContext) -> Bool {
    guard let backward = match.backward else {
      return context.fire("cross-entropy of h·Wᵀ + b ⇒ linear_cross_entropy", at: provenance)
    }
    if !backward.isOnePass {
      context.missed(
        at: provenance, "the logits are computed again for their adjoints: the loss's adjoint is not known before the loss")
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

/// Builds the fused operations in place of what they replace.
private struct LinearCrossEntropyRewriter {
  var rewriter: Rewriter
  private let function: Function
  /// New values for the results of nodes, and the nodes that are done.
  private var replaced: [Int: ValueID] = [:]
  private var isDone: [Bool]

  init(_ function: Function) {
    self.function = function
    rewriter = Rewriter(function)
    isDone = Array(repeating: false, count: function.nodes.count)
  }

  /// Copies a node or puts what replaces it in its place.
  mutating func leave(_ index: Int, _ node: Node) {
    if isDone[index] { return }
    isDone[index] = true
    if let value = replaced[index] { rewriter.replace(node, with: [value]) } else { rewriter.copy(node) }
  }

  mutating func loss(_ match: LinearCrossEntropyMatch) throws(Diagnostic) {
    for index in match.early { leave(index, function.nodes[index]) }
    if match.backward?.isOnePass == true {
      try adjoints(match, givesLoss: true)
      return
    }
    rewriter.provenance = function.nodes[match.product].provenance
    let op = LinearCrossEntropy(
      hasBias: match.bias != nil, hasWeights: match.weights != nil, givesArgmax: match.argmax != nil)
    let results = try rewriter.addAll(.linearCrossEntropy(op), operands(match))
    try replace(match.loss, with: results[0])
    if let argmax = match.argmax { try replace(argmax, with: results[1]) }
  }

  mutating func adjoints(_ match: LinearCrossEntropyMatch, givesLoss: Bool) throws(Diagnostic) {
    guard let backward = match.backward else { return }
    rewriter.provenance = function.nodes[match.product].provenance
    let op = LinearCrossEntropyGradient(
      hasBias: match.bias != nil, hasWeights: match.weights != nil, givesInput: backward.input != nil,
      givesMatrix: backward.matrix != nil, givesBias: backward.bias != nil)
    let inputs = try operands(match)
    let adjoint = try self.adjoint(backward.adjoint, rewriter.type(inputs[0]))
    var results = try rewriter.addAll(.linearCrossEntropyGradient(op), inputs + [adjoint])[...]
    let loss = results.removeFirst()
    if givesLoss { try replace(match.loss, with: loss) }
    for node in [backward.input, backward.matrix, backward.bias] {
      if let node { try replace(node, with: results.removeFirst()) }
    }
  }

  private mutating func operands(_ match: LinearCrossEntropyMatch) throws(Diagnostic) -> [ValueID] {
    let input = rewriter.value(for: match.input)
    let rows = [rewriter.type(input).shape[0]]
    var result = [input, rewriter.value(for: match.matrix), try reshaped(rewriter.value(for: match.labels), rows)]
    if let bias = match.bias { result.append(rewriter.value(for: bias)) }
    if let weights = match.weights { result.append(try reshaped(rewriter.value(for: weights), rows)) }
    return result
  }

  private mutating func adjoint(_ factor: LinearCrossEntropyMatch.RowFactor, _ input: TensorType) throws(Diagnostic)
    -> ValueID
  {
    let rows = [input.shape[0]]
    switch factor {
    case .splat(let number): return try rewriter.splat(number, TensorType(input.element, rows))
    case .scalar(let value):
      return try rewriter.add(.broadcast(Broadcast(shape: rows, axes: [])), [rewriter.value(for: value)])
    case .rows(let value): return try reshaped(rewriter.value(for: value), rows)
    }
  }

  private mutating func reshaped(_ value: ValueID, _ shape: [Int]) throws(Diagnostic) -> ValueID {
    rewriter.type(value).shape == shape ? value : try rewriter.add(.reshape(Reshape(shape)), [value])
  }

  private mutating func replace(_ index: Int, with value: ValueID) throws(Diagnostic) {
    replaced[index] = try reshaped(value, function.type(of: function.nodes[index].result).shape)
  }
}
