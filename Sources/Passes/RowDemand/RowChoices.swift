import TensorIR

/// Which choices of rows are worth following, and where following them would cost more than it saves.
struct RowChoices {
  let graph: GraphIndex
  private(set) var excluded: Set<RowSet.Base>
  private(set) var demand: RowDemand
  private(set) var savings: [RowSavings]

  var flopsSaved: Double { savings.reduce(0) { $0 + $1.flops } }

  /// Follows every choice that saves work but those `excluded`.
  init(_ graph: GraphIndex, excluded: Set<RowSet.Base> = []) {
    self.graph = graph
    self.excluded = excluded
    demand = Self.settled(graph, excluded)
    savings = RowSavings.of(demand)
    while savings.contains(where: { !$0.isWorthwhile }) {
      for saving in savings where !saving.isWorthwhile { self.excluded.insert(saving.base) }
      demand = Self.settled(graph, self.excluded)
      savings = RowSavings.of(demand)
    }
  }

  /// The analysis, with nodes blocked until none is worse off computed on chosen rows.
  private static func settled(_ graph: GraphIndex, _ excluded: Set<RowSet.Base>) -> RowDemand {
    var blocked = Set<Int>()
    while true {
      let demand = RowDemand(RowSparsity(graph, excluded: excluded, blocked: blocked))
      let more = demand.misplaced()
      if more.isSubset(of: blocked) { return demand }
      blocked.formUnion(more)
    }
  }
}

extension RowChoices {
  /// Says of each gather of fewer rows than there are what it does not rise through.
  func explain(_ context: inout PassContext) {
    guard context.remarksEnabled else { return }
    let facts = RowFacts(graph)
    for (index, node) in graph.function.nodes.enumerated() where !demand.forms[index].isNothing {
      guard case .gather(let op) = node.op, let maker = graph.definition(node.operands[0])?.node else { continue }
      let shape = graph.function.type(of: node.operands[0]).shape
      guard let set = facts.set(node.operands[1], batchDims: op.batchDims, of: shape) else { continue }
      let rows = Rows.operand(set, shape)
      if demand.rules.operands(of: maker, rows) == nil {
        context.missed(at: node.provenance, "gather stays behind \(maker.op.mnemonic), which does not work row by row")
      } else if demand.needs[node.operands[0].index].isWhole || demand.needs[node.operands[0].index].rows.count > 1 {
        context.missed(at: node.provenance, "gather stays behind \(maker.op.mnemonic), whose result is read whole")
      }
    }
  }
}

extension RowDemand {
  /// Nodes that should be computed whole: element-wise ones that would need rows taken from what is there whole, or whose
  /// operands and result are wanted whole too; and what meets a softmax that is there whole.
  fileprivate func misplaced() -> Set<Int> {
    var found = Set<Int>()
    var scores: [(shape: [Int], base: RowSet.Base)] = []
    for (index, node) in function.nodes.enumerated() {
      guard case .softmax = node.op else { continue }
      for rows in forms[index].gathered { scores.append((function.type(of: node.result).shape, rows.set.base)) }
    }
    for (index, node) in function.nodes.enumerated() where !forms[index].isNothing {
      switch sparsity.plans[index] {
      case .sparse(let rows, let operands):
        let isScores = scores.contains { $0.shape == rows.shape && $0.base == rows.set.base }
        if isScores
          || node.op.traits.isElementwise && (readsGathered(node, operands) || isSpreadThrough(index, operands))
        {
          found.insert(index)
        }
      case .contracted(let operands):
        let readsScores = zip(node.operands, operands).contains { value, form in
          guard case .rows = form, case .softmax? = graph.definition(value)?.node.op else { return false }
          return isGathered(value, form)
        }
        if readsScores { found.insert(index) }
      case .dense, .chosen, .seed, .indicator: break
      }
    }
    return found
  }

  private var function: Function { graph.function }

  private func isGathered(_ value: ValueID, _ form: RowOperand) -> Bool {
    guard case .rows(let rows) = form, let definition = graph.definition(value) else { return false }
    return forms[definition.index].gathered.contains(rows)
  }

  private func readsGathered(_ node: Node, _ operands: [RowOperand]) -> Bool {
    zip(node.operands, operands).contains(where: isGathered)
  }

  private func isSpreadThrough(_ index: Int, _ operands: [RowOperand]) -> Bool {
    guard forms[index].isSpread else { return false }
    return zip(function.nodes[index].operands, operands).allSatisfy { value, form in
      form != .scattered || graph.definition(value).map { forms[$0.index].isSpread } ?? false
    }
  }
}
