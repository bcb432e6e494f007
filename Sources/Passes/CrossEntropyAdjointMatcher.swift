import TensorIR

/// Matches d logits = softmax(logits)·s − onehot·s and its products with W and h and its sum over the rows.
struct CrossEntropyAdjointMatcher {
  typealias Failure = LinearCrossEntropyMatcher.Failure

  let graph: GraphIndex
  let logits: LogitChain
  /// Where the class is the label.
  let hit: ValueID
  private var function: Function { graph.function }
  /// Whether the products are of bf16.
  private var isNarrow: Bool { function.type(of: logits.input).element == .bf16 }

  init(_ graph: GraphIndex, logits: LogitChain, hit: ValueID) {
    (self.graph, self.logits, self.hit) = (graph, logits, hit)
  }

  func match(_ softmax: Int) throws(Failure) -> LinearCrossEntropyMatch.Backward {
    let p = function.nodes[softmax].result
    let (scaled, factor) = try scaled(p)
    let (joining, adjoint) = try only(scaled, "the scaled probabilities")
    guard isMinusLabels(joining, scaled, factor) else { throw fail("no onehot is taken from the probabilities") }
    var result = LinearCrossEntropyMatch.Backward(adjoint: factor, logits: joining)
    let classes = function.type(of: p).shape.last!
    for reader in try graph.readersThroughViews(adjoint, keepingLast: classes) {
      // Products of bf16 read it rounded.
      guard isNarrow, case .convert(let op) = function.nodes[reader].op, op.element == .bf16 else {
        try assign(reader, &result)
        continue
      }
      for product in try graph.readersThroughViews(function.nodes[reader].result, keepingLast: classes) {
        guard case .matmul = function.nodes[product].op else {
          throw fail("\(function.nodes[product].op.mnemonic) reads the logits' rounded adjoint")
        }
        try assign(product, &result)
      }
    }
    return result
  }

  /// The probabilities times a factor along the rows; a factor of 1 has left no product.
  private func scaled(_ p: ValueID) throws(Failure) -> (ValueID, LinearCrossEntropyMatch.RowFactor) {
    let (reader, result) = try only(p, "the probabilities")
    guard let (a, b) = graph.binary(.mul, result) else { return (p, .splat(1)) }
    guard a != b, let factor = graph.rowFactor(alongRows: a == p ? b : a) else {
      throw fail("\(function.nodes[reader].op.mnemonic) reads the probabilities")
    }
    return (result, factor)
  }

  private func fail(_ reason: String) -> Failure { Failure(reason: "the backward is not a cross-entropy's: \(reason)") }

  private func only(_ value: ValueID, _ name: String) throws(Failure) -> (node: Int, result: ValueID) {
    let readers = graph.readers(value)
    if readers.count != 1 || graph.isKept(value) {
      throw fail("\(name) have \(readers.count) readers\(graph.isKept(value) ? " and are a result" : "")")
    }
    return (readers[0], function.nodes[readers[0]].result)
  }

  /// Whether a node is scaled + select(hit, −factor, 0) or scaled − select(hit, factor, 0).
  private func isMinusLabels(_ node: Int, _ scaled: ValueID, _ factor: LinearCrossEntropyMatch.RowFactor) -> Bool {
    let value = function.nodes[node].result
    func chosen(_ value: ValueID) -> ValueID? {
      guard let node = graph.definition(value)?.node, case .select = node.op, node.operands[0] == hit,
        graph.splat(node.operands[2]) == 0
      else { return nil }
      return node.operands[1]
    }
    if let (a, b) = graph.binary(.add, value), let other = chosen(a == scaled ? b : a) {
      return graph.isNegative(other, of: factor)
    }
    if let (a, b) = graph.binary(.sub, value), a == scaled, let other = chosen(b) {
      return graph.rowFactor(alongRows: other) == factor
    }
    return false
  }

  private func assign(_ reader: Int, _ result: inout LinearCrossEntropyMatch.Backward) throws(Failure) {
    let node = function.nodes[reader]
    switch node.op {
    case .matmul(let op)
    where !op.transposeA && !op.transposeB && op.wide == isNarrow && node.operands[1] == logits.matrix:
      if result.input != nil || node.operands[0] == logits.matrix { throw fail("two products with the matrix") }
      result.input = reader
    case .matmul(let op)
    where op.transposeA && !op.transposeB && op.wide == isNarrow && node.operands[1] == logits.input:
      if result.matrix != nil || node.operands[0] == logits.input { throw fail("two products with the input") }
      result.matrix = reader
    case .reduce(let op) where op.kind == .sum && logits.bias != nil && sumsRows(op, of: node.operands[0]):
      if result.bias != nil { throw fail("two sums over the rows") }
      result.bias = reader
    default: throw fail("\(node.op.mnemonic) reads the logits' adjoint")
    }
  }

  /// Whether a reduction reduces all axes but the last, those of size 1 aside.
  private func sumsRows(_ op: Reduce, of value: ValueID) -> Bool {
    let shape = function.type(of: value).shape
    return !op.axes.contains(shape.count - 1)
      && shape.indices.dropLast().allSatisfy { op.axes.contains($0) || shape[$0] == 1 }
  }
}
