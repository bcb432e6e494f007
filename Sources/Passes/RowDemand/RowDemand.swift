import TensorIR

/// What readers want of a value.
struct RowNeed {
  var isWhole = false
  /// Chosen rows, each once.
  var rows: [Rows] = []
  /// What it is the scatter of.
  var isScattered = false

  var isNothing: Bool { !isWhole && rows.isEmpty && !isScattered }
}

/// In which forms a node's result is made.
struct RowForms: Hashable {
  /// By the operation itself on whole operands (a gather or contraction: on theirs).
  var isComputed = false
  /// As the rows it is the scatter of.
  var isScattered = false
  /// Whole, by scattering these.
  var isSpread = false
  /// These rows, by the operation on rows of its operands.
  var computed: [Rows] = []
  /// These rows, taken from the whole.
  var gathered: [Rows] = []

  var isNothing: Bool { !isComputed && !isScattered && computed.isEmpty }
}

/// Finds, from the results down, in which forms each value is wanted and made.
struct RowDemand {
  let graph: GraphIndex
  let sparsity: RowSparsity
  let rules: RowRules
  /// By value.
  private(set) var needs: [RowNeed]
  /// By node.
  private(set) var forms: [RowForms]
  private var function: Function { graph.function }

  init(_ sparsity: RowSparsity) {
    graph = sparsity.graph
    self.sparsity = sparsity
    rules = RowRules(function: graph.function)
    needs = Array(repeating: RowNeed(), count: graph.function.valueCount)
    forms = Array(repeating: RowForms(), count: graph.function.nodes.count)
    for result in function.results { needs[result.value.index].isWhole = true }
    for value in function.guards { needs[value.index].isWhole = true }
    for (index, plan) in sparsity.plans.enumerated() { wantIndices(of: function.nodes[index], plan) }
    for index in function.nodes.indices.reversed() { visit(index) }
  }

  /// The indices of every choice are there wherever it may be used.
  private mutating func wantIndices(of node: Node, _ plan: RowPlan) {
    switch plan {
    case .chosen(let rows), .seed(let rows), .indicator(let rows):
      switch rows.set.base.choice {
      case .value(let ids): needs[ids.index].isWhole = true
      case .places(let order, _, _): needs[order.index].isWhole = true
      }
    case .dense, .sparse, .contracted: break
    }
  }

  private mutating func visit(_ index: Int) {
    let node = function.nodes[index]
    if node.results.allSatisfy({ needs[$0.index].isNothing }) { return }
    var need = needs[node.result.index]
    if node.results.count > 1 { need.isWhole = true }
    let plan = sparsity.plans[index]
    if let rows = plan.sparsity {
      sparse(index, node, plan, rows, need)
    } else {
      dense(index, node, plan, need)
    }
  }

  private mutating func sparse(_ index: Int, _ node: Node, _ plan: RowPlan, _ rows: Rows, _ need: RowNeed) {
    var form = RowForms(isScattered: need.isScattered)
    var isWhole = need.isWhole
    for wanted in need.rows {
      if wanted == rows && rows.set.isDistinct {
        form.isScattered = true
      } else {
        form.gathered.append(wanted)
        isWhole = true
      }
    }
    switch plan {
    case .indicator:
      form.isComputed = isWhole
      if isWhole { want(node, node.operands.map { _ in .whole }) }
    case .seed:
      form.isSpread = isWhole
      form.isScattered = form.isScattered || isWhole
      want(node, [.whole, .unread])
    case .sparse(_, let operands):
      form.isSpread = isWhole
      form.isScattered = form.isScattered || isWhole
      want(node, operands)
    case .dense, .chosen, .contracted: break
    }
    forms[index] = form
  }

  private mutating func dense(_ index: Int, _ node: Node, _ plan: RowPlan, _ need: RowNeed) {
    var form = RowForms(isComputed: need.isWhole)
    if plan == .dense {
      for rows in need.rows {
        guard let operands = rules.operands(of: node, rows),
          need.rows.count == 1 && !need.isWhole || isFree(operands)
        else {
          form.gathered.append(rows)
          continue
        }
        form.computed.append(rows)
        want(node, operands)
      }
    } else {
      form.gathered = need.rows
    }
    form.isComputed = form.isComputed || !form.gathered.isEmpty
    if form.isComputed {
      switch plan {
      case .chosen(let rows): want(node, [.rows(rows), .unread])
      case .contracted(let operands): want(node, operands)
      case .dense, .seed, .indicator, .sparse: want(node, node.operands.map { _ in .whole })
      }
    }
    forms[index] = form
  }

  /// Whether rows made from these forms need no rows of others: a broadcast of one row, a number.
  private func isFree(_ operands: [RowOperand]) -> Bool { operands.allSatisfy { $0 == .whole || $0 == .unread } }

  private mutating func want(_ node: Node, _ operands: [RowOperand]) {
    for (value, form) in zip(node.operands, operands) {
      switch form {
      case .unread: break
      case .whole: needs[value.index].isWhole = true
      case .scattered: needs[value.index].isScattered = true
      case .rows(let rows):
        if !needs[value.index].rows.contains(rows) { needs[value.index].rows.append(rows) }
      }
    }
  }
}
