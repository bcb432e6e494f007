import Support
import TensorIR

/// Builds the fused operations in place of what they replace.
struct LinearCrossEntropyRewriter {
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
    case .splat(let number):
      let element: ElementType = input.element == .bf16 ? .f32 : input.element
      return try rewriter.splat(number, TensorType(element, rows))
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
