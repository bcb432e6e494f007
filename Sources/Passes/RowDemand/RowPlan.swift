import TensorIR

/// What is known of a node's result, from its operands alone.
enum RowPlan: Hashable {
  /// Nothing.
  case dense
  /// A gather: these rows of its first operand.
  case chosen(Rows)
  /// A scatter: its first operand at these rows, zero elsewhere.
  case seed(Rows)
  /// 1, or true, at these rows, zero elsewhere.
  case indicator(Rows)
  /// Zero except at these rows, which are the operation on its operands in these forms.
  case sparse(Rows, [RowOperand])
  /// Dense, but a sum over rows most of which are zero: the operation on its operands in these forms.
  case contracted([RowOperand])

  /// The rows outside which the result is zero.
  var sparsity: Rows? {
    switch self {
    case .seed(let rows), .indicator(let rows), .sparse(let rows, _): rows
    case .dense, .chosen, .contracted: nil
    }
  }
}

/// Finds, from the operands up, which values are zero except at chosen rows: adjoints of gathers and what is made of them.
///
/// Everything here is linear in the rows, so that it holds for rows chosen twice too.
struct RowSparsity {
  let graph: GraphIndex
  let facts: RowFacts
  /// Choices that are left alone.
  let excluded: Set<RowSet.Base>
  /// Nodes that are taken as dense.
  private let blocked: Set<Int>
  /// One per node.
  private(set) var plans: [RowPlan] = []
  private var function: Function { graph.function }

  init(_ graph: GraphIndex, excluded: Set<RowSet.Base>, blocked: Set<Int>) {
    self.graph = graph
    facts = RowFacts(graph)
    self.excluded = excluded
    self.blocked = blocked
    for (index, node) in graph.function.nodes.enumerated() {
      plans.append(blocked.contains(index) ? .dense : plan(node))
    }
  }

  /// The rows outside which a value is zero.
  func sparsity(_ value: ValueID) -> Rows? { graph.definition(value).flatMap { plans[$0.index].sparsity } }

  private func plan(_ node: Node) -> RowPlan {
    switch node.op {
    case .gather(let op):
      return chosen(node.operands[1], op.batchDims, shape(node.operands[0])).map { .chosen($0) } ?? .dense
    case .scatterAdd(let op): return chosen(node.operands[1], op.batchDims, op.shape).map { .seed($0) } ?? .dense
    case .compare:
      guard let rows = facts.indicated(node), !excluded.contains(rows.set.base) else { return .dense }
      return .indicator(rows)
    case .unary(let op):
      guard op.kind == .neg, let rows = sparsity(node.operands[0]) else { return .dense }
      return .sparse(rows, [.scattered])
    case .binary(let op): return binary(op, node)
    case .select: return select(node)
    case .convert, .broadcast, .reshape, .transpose: return view(node)
    case .slice, .pad: return box(node)
    case .concat(let op): return concat(op, node)
    case .reduce(let op): return reduce(op, node)
    case .matmul(let op): return matmul(op, node)
    case .constant, .iota, .argsort, .argmax, .softmax, .logSumExp, .dropout, .stopGradient, .attention,
      .attentionGradient, .linearCrossEntropy, .linearCrossEntropyGradient, .layerNorm, .layerNormGradient:
      return .dense
    }
  }

  func shape(_ value: ValueID) -> [Int] { function.type(of: value).shape }

  private func chosen(_ ids: ValueID, _ batchDims: Int, _ shape: [Int]) -> Rows? {
    guard let set = facts.set(ids, batchDims: batchDims, of: shape), !excluded.contains(set.base) else { return nil }
    return .operand(set, shape)
  }

  private func isIndicator(_ value: ValueID) -> Bool {
    if case .indicator? = graph.definition(value).map({ plans[$0.index] }) { true } else { false }
  }

  private func binary(_ op: Binary, _ node: Node) -> RowPlan {
    let (a, b) = (node.operands[0], node.operands[1])
    switch op.kind {
    case .add, .sub:
      guard let rows = sparsity(a), rows == sparsity(b) else { return .dense }
      return .sparse(rows, [.scattered, .scattered])
    case .mul:
      if let rows = sparsity(a), isIndicator(a) { return .sparse(rows, [.unread, factor(b, rows)]) }
      if let rows = sparsity(b), isIndicator(b) { return .sparse(rows, [factor(a, rows), .unread]) }
      if let rows = sparsity(a) { return .sparse(rows, [.scattered, .rows(rows)]) }
      if let rows = sparsity(b) { return .sparse(rows, [.rows(rows), .scattered]) }
      return .dense
    case .div: return sparsity(a).map { .sparse($0, [.scattered, .rows($0)]) } ?? .dense
    default: return .dense
    }
  }

  /// What is 1 at the rows leaves of another value its rows.
  private func factor(_ value: ValueID, _ rows: Rows) -> RowOperand {
    sparsity(value) == rows ? .scattered : .rows(rows)
  }

  private func select(_ node: Node) -> RowPlan {
    let (a, b) = (node.operands[1], node.operands[2])
    if let rows = sparsity(node.operands[0]), isIndicator(node.operands[0]), graph.splat(b) == 0 {
      return .sparse(rows, [.unread, factor(a, rows), .unread])
    }
    guard let rows = sparsity(a) ?? sparsity(b) else { return .dense }
    var operands: [RowOperand] = [.rows(rows)]
    for choice in [a, b] {
      if sparsity(choice) == rows {
        operands.append(.scattered)
      } else if graph.splat(choice) == 0 {
        operands.append(.rows(rows))
      } else {
        return .dense
      }
    }
    return .sparse(rows, operands)
  }

  private func view(_ node: Node) -> RowPlan {
    guard let rows = sparsity(node.operands[0]) else { return .dense }
    let viewed: Rows?
    switch node.op {
    case .broadcast(let op): viewed = rows.broadcast(op)
    case .reshape(let op): viewed = rows.reshaped(to: op.shape)
    case .transpose(let op): viewed = rows.transposed(op)
    case .convert where !isIndicator(node.operands[0]):
      // A row that is chosen twice is the sum of two: converting both and adding is another thing, unless nothing is lost.
      let (from, to) = (function.type(of: node.operands[0]).element, function.type(of: node.result).element)
      viewed = rows.set.isDistinct || Self.holds(from, in: to) ? rows : nil
    default: viewed = rows
    }
    guard let viewed else { return .dense }
    return isIndicator(node.operands[0]) ? .indicator(viewed) : .sparse(viewed, [.scattered])
  }

  /// Whether a float type has every value, and so every sum, of another.
  private static func holds(_ from: ElementType, in to: ElementType) -> Bool {
    switch (from, to) {
    case (.bf16, .f32), (.bf16, .f64), (.f32, .f64): true
    default: from == to
    }
  }

  private func box(_ node: Node) -> RowPlan {
    guard let rows = sparsity(node.operands[0]) else { return .dense }
    let (inner, outer) = (shape(node.operands[0]), shape(node.result))
    let moved: Rows?
    switch node.op {
    case .slice(let op):
      moved = rows.moved(
        to: outer, by: { -op.start[$0] },
        isWhole: { op.start[$0] == 0 && op.limit[$0] == inner[$0] && op.step[$0] == 1 }, canShift: { op.step[$0] == 1 })
    case .pad(let op):
      moved = rows.moved(
        to: outer, by: { op.low[$0] }, isWhole: { op.low[$0] + op.high[$0] + op.interior[$0] == 0 },
        canShift: { op.interior[$0] == 0 })
    default: moved = nil
    }
    return moved.map { .sparse($0, [.scattered]) } ?? .dense
  }

  private func concat(_ op: Concat, _ node: Node) -> RowPlan {
    guard var rows = node.operands.lazy.compactMap(sparsity).first, rows.isOther(op.axis) else { return .dense }
    var operands: [RowOperand] = []
    for operand in node.operands {
      rows.axes[op.axis] = Rows.other(shape(operand)[op.axis])
      if sparsity(operand) == rows {
        operands.append(.scattered)
      } else if graph.splat(operand) == 0 {
        operands.append(.rows(rows))
      } else {
        return .dense
      }
    }
    rows.axes[op.axis] = Rows.other(shape(node.result)[op.axis])
    return .sparse(rows, operands)
  }

  private func reduce(_ op: Reduce, _ node: Node) -> RowPlan {
    guard op.kind == .sum, let rows = sparsity(node.operands[0]), let axis = rows.rowAxis else { return .dense }
    if op.axes.contains(axis) { return .contracted([.scattered]) }
    return op.axes.allSatisfy(rows.isOther) ? .sparse(rows.removing(op.axes), [.scattered]) : .dense
  }
}
