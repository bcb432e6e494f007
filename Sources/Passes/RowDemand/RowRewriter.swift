import Support
import TensorIR

/// Builds the function in which values exist in the forms that an analysis chose.
struct RowRewriter {
  let demand: RowDemand
  private var graph: GraphIndex { demand.graph }
  private var function: Function { demand.graph.function }
  var rewriter: Rewriter
  /// What values are the scatters of.
  private var scattered: [ValueID: ValueID] = [:]
  /// Chosen rows of values.
  private var chosen: [Form: ValueID] = [:]
  var indices: [RowIndices: ValueID] = [:]

  private struct Form: Hashable {
    var value: ValueID
    var rows: Rows
  }

  init(_ demand: RowDemand) {
    self.demand = demand
    rewriter = Rewriter(demand.graph.function)
  }

  /// The new function; nil if the indices of a choice depend on what is computed on its rows.
  mutating func rewrite() throws(Diagnostic) -> Function? {
    guard let order = RowOrder(demand).nodes else { return nil }
    for index in order where !demand.forms[index].isNothing { try build(index) }
    // Indices that nothing uses after all.
    var context = PassContext()
    return try Pass.dce.run(rewriter.finish(), &context)
  }

  private mutating func build(_ index: Int) throws(Diagnostic) {
    let node = function.nodes[index]
    let form = demand.forms[index]
    rewriter.provenance = node.provenance
    if form.isComputed { try buildWhole(index, node) }
    switch demand.sparsity.plans[index] {
    case .seed(let rows):
      if form.isScattered { scattered[node.result] = rewriter.value(for: node.operands[0]) }
      if form.isSpread { rewriter.replace(node, with: [try spread(node.result, rows)]) }
    case .indicator(let rows):
      if form.isScattered {
        let type = TensorType(function.type(of: node.result).element, rows.chosenShape)
        scattered[node.result] = try rewriter.splat(1, type)
      }
    case .sparse(let rows, let operands):
      if form.isScattered {
        let read = try read(node, operands)
        scattered[node.result] = try build(node, read, rows)
        if form.isSpread { rewriter.replace(node, with: [try spread(node.result, rows)]) }
      }
    case .dense, .chosen, .contracted:
      for rows in form.computed {
        let operands = demand.rules.operands(of: node, rows)!
        chosen[Form(value: node.result, rows: rows)] = try build(node, try read(node, operands), rows)
      }
    }
  }

  private mutating func buildWhole(_ index: Int, _ node: Node) throws(Diagnostic) {
    switch demand.sparsity.plans[index] {
    case .chosen(let rows): rewriter.replace(node, with: [try self.rows(rows, of: node.operands[0])])
    case .contracted(let operands):
      let read = try read(node, operands)
      rewriter.replace(node, with: try rewriter.addAll(node.op, read.map { $0! }))
    case .dense, .seed, .indicator, .sparse: rewriter.copy(node)
    }
  }

  private mutating func read(_ node: Node, _ operands: [RowOperand]) throws(Diagnostic) -> [ValueID?] {
    var result: [ValueID?] = []
    for (value, form) in zip(node.operands, operands) {
      switch form {
      case .unread: result.append(nil)
      case .whole: result.append(rewriter.value(for: value))
      case .scattered: result.append(scattered[value]!)
      case .rows(let rows): result.append(try self.rows(rows, of: value))
      }
    }
    return result
  }

  /// Rows of a value: as they were made, or taken from the whole.
  private mutating func rows(_ rows: Rows, of value: ValueID) throws(Diagnostic) -> ValueID {
    let form = Form(value: value, rows: rows)
    if let made = chosen[form] { return made }
    if demand.sparsity.sparsity(value) == rows, rows.set.isDistinct, let made = scattered[value] { return made }
    let made = try gather(rewriter.value(for: value), rows)
    chosen[form] = made
    return made
  }

  private mutating func spread(_ value: ValueID, _ rows: Rows) throws(Diagnostic) -> ValueID {
    try scatter(scattered[value]!, rows)
  }

  /// The operation of a node on chosen rows of its operands.
  private mutating func build(_ node: Node, _ x: [ValueID?], _ rows: Rows) throws(Diagnostic) -> ValueID {
    let shape = rows.chosenShape
    // An operand left out says that the others decide alone.
    if x.contains(nil) { return x.compactMap { $0 }[0] }
    let operands = x.map { $0! }
    switch node.op {
    case .constant(let op): return try rewriter.add(.constant(Constant(op.value, op.type.with(shape))), [])
    case .iota(let op): return try rewriter.add(.iota(Iota(axis: op.axis, op.type.with(shape))), [])
    case .broadcast(let op): return try broadcast(op, node, operands[0], rows)
    case .reshape: return try reshaped(operands[0], shape)
    case .transpose(let op): return try transposed(operands[0], op.permutation)
    case .slice(var op):
      for axis in shape.indices where !rows.isOther(axis) { (op.start[axis], op.limit[axis]) = (0, shape[axis]) }
      return try sliced(operands[0], op)
    case .pad(var op):
      for axis in shape.indices where !rows.isOther(axis) { (op.low[axis], op.high[axis]) = (0, 0) }
      if (op.low + op.high + op.interior).allSatisfy({ $0 == 0 }) { return operands[0] }
      return try rewriter.add(.pad(op), operands)
    case .unary, .binary, .compare, .select, .convert, .concat, .reduce, .matmul, .gather, .scatterAdd, .argsort,
      .argmax, .softmax, .logSumExp, .dropout, .stopGradient, .attention, .attentionGradient, .linearCrossEntropy,
      .linearCrossEntropyGradient, .layerNorm, .layerNormGradient:
      return try rewriter.add(node.op, operands)
    }
  }

  private mutating func broadcast(
    _ op: Broadcast, _ node: Node, _ operand: ValueID, _ rows: Rows
  ) throws(Diagnostic) -> ValueID {
    let smaller = Broadcast(shape: rows.chosenShape, axes: op.axes)
    if case .shared(let before)? = demand.rules.source(of: op, demand.rules.shape(node, 0), rows),
      demand.sparsity.plans[graph.definition(node.result)!.index].sparsity == nil
    {
      return try gatherShared(operand, before, smaller, rows)
    }
    return try rewriter.add(.broadcast(smaller), [operand])
  }
}

extension TensorType {
  /// The same elements in another shape.
  func with(_ shape: [Int]) -> TensorType { TensorType(element, shape) }
}
