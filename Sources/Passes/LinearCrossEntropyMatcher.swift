import TensorIR

/// Matches the linear cross-entropy around one log-sum-exp, forward and, if it is there, backward.
struct LinearCrossEntropyMatcher {
  struct Failure: Error { var reason: String }

  let graph: GraphIndex
  let logSumExp: Int
  var function: Function { graph.function }

  init(_ graph: GraphIndex, logSumExp: Int) {
    self.graph = graph
    self.logSumExp = logSumExp
  }

  func match() throws(Failure) -> LinearCrossEntropyMatch {
    let logits = try LogitChain(graph, function.nodes[logSumExp].operands[0])
    var (chosen, softmax, argmax): (Int?, Int?, Int?)
    func once(_ place: inout Int?, _ reader: Int) throws(Failure) {
      if place != nil { throw Failure(reason: "the logits have two readers '\(function.nodes[reader].op.mnemonic)'") }
      place = reader
    }
    for reader in logits.readers where reader != logSumExp {
      switch function.nodes[reader].op {
      case .select: try once(&chosen, reader)
      case .softmax: try once(&softmax, reader)
      case .argmax: try once(&argmax, reader)
      default: throw Failure(reason: "the logits are also read by \(function.nodes[reader].op.mnemonic)")
      }
    }
    guard let chosen, let (hit, labels) = labels(chosen) else {
      throw Failure(reason: "no choice of the labels' logits is beside it")
    }
    let loss = try difference(chosen)
    var match = LinearCrossEntropyMatch(
      product: logits.product, input: logits.input, matrix: logits.matrix, labels: labels, bias: logits.bias,
      loss: loss, argmax: argmax)
    if let softmax {
      if argmax != nil { throw Failure(reason: "the logits are read by argmax and by their adjoints") }
      match.backward = try CrossEntropyAdjointMatcher(graph, logits: logits, hit: hit).match(softmax)
    }
    if argmax == nil { takeWeights(&match) }
    return match
  }

  /// What marks the label's class, and the labels, of `select(class = label, logits, 0)`.
  private func labels(_ select: Int) -> (hit: ValueID, labels: ValueID)? {
    let node = function.nodes[select]
    guard graph.splat(node.operands[2]) == 0, let compared = graph.definition(node.operands[0])?.node,
      case .compare(let op) = compared.op, op.kind == .eq
    else { return nil }
    let last = function.type(of: node.result).rank - 1
    for (classes, labels) in [(0, 1), (1, 0)] {
      guard case .iota(let iota)? = graph.definition(compared.operands[classes])?.node.op, iota.axis == last,
        let repeated = graph.definition(compared.operands[labels])?.node, case .broadcast(let op) = repeated.op,
        op.axes == Array(0..<last), function.type(of: repeated.operands[0]).shape == Array(op.shape.dropLast())
      else { continue }
      return (node.operands[0], repeated.operands[0])
    }
    return nil
  }

  /// The node log-sum-exp − Σ chosen, neither of which anything else reads.
  private func difference(_ chosen: Int) throws(Failure) -> Int {
    let choice = function.nodes[chosen].result
    guard let sum = only(choice), case .reduce(let op) = function.nodes[sum].op, op.kind == .sum,
      op.axes == [function.type(of: choice).rank - 1]
    else { throw Failure(reason: "the labels' logits are not summed along the classes") }
    guard let loss = only(function.nodes[logSumExp].result), loss == only(function.nodes[sum].result),
      let (a, b) = graph.binary(.sub, function.nodes[loss].result), a == function.nodes[logSumExp].result,
      b == function.nodes[sum].result
    else { throw Failure(reason: "something other than the cross-entropy reads it") }
    return loss
  }

  /// The only reader of a value that is no result.
  private func only(_ value: ValueID) -> Int? {
    let readers = graph.readers(value)
    return readers.count == 1 && !graph.isKept(value) ? readers[0] : nil
  }

  /// Where all that reads the loss is its product with weights, and the adjoint is a product with them too, the product
  /// belongs to the operation: rows of weight 0 need not be computed.
  private func takeWeights(_ match: inout LinearCrossEntropyMatch) {
    let loss = function.nodes[match.loss].result
    guard let product = only(loss), let (a, b) = graph.binary(.mul, function.nodes[product].result), a != b else {
      return
    }
    let weights = a == loss ? b : a
    if let backward = match.backward {
      guard case .rows(let rows) = backward.adjoint, let (x, y) = graph.binary(.mul, rows), x != y,
        x == weights || y == weights
      else { return }
      match.backward!.adjoint = graph.rowFactor(x == weights ? y : x)
    }
    match.weights = weights
    match.loss = product
  }
}
