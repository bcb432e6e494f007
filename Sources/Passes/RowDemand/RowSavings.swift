import TensorIR

/// What following one choice of rows saves.
struct RowSavings {
  let base: RowSet.Base
  /// The rows of the first node that is computed on fewer.
  var rows: Rows
  /// Where that node comes from.
  var provenance: Provenance
  var flops = 0.0
  /// Elements that are not computed, less those that are copied for it.
  var elements = 0
  /// Layers whose products are smaller, in order.
  var layers: [String] = []

  var isWorthwhile: Bool { flops > 0 || elements > 0 }

  /// One per choice that is used, in order of first use.
  static func of(_ demand: RowDemand) -> [RowSavings] {
    var list = RowSavingsList(demand)
    list.count()
    return list.savings
  }
}

private struct RowSavingsList {
  let demand: RowDemand
  var savings: [RowSavings] = []
  private var places: [RowSet.Base: Int] = [:]
  private var function: Function { demand.graph.function }

  init(_ demand: RowDemand) { self.demand = demand }

  mutating func count() {
    for argument in function.argumentValues {
      for rows in demand.needs[argument.index].rows { add(rows, Provenance(), elements: -size(rows.chosenShape)) }
    }
    for (index, node) in function.nodes.enumerated() where !demand.forms[index].isNothing { count(index, node) }
  }

  private mutating func count(_ index: Int, _ node: Node) {
    let form = demand.forms[index]
    let whole = node.op.traits.isFree ? 0 : function.type(of: node.result).count
    for rows in form.gathered { add(rows, node.provenance, elements: -size(rows.chosenShape)) }
    switch demand.sparsity.plans[index] {
    case .dense:
      guard !form.isComputed, let rows = form.computed.first, let operands = demand.rules.operands(of: node, rows)
      else {
        return
      }
      let flops = flops(node, operands, result: rows.chosenShape)
      add(rows, node.provenance, flops: flops, elements: whole == 0 ? 0 : whole - size(rows.chosenShape))
    case .chosen(let rows): add(rows, node.provenance, elements: size(rows.chosenShape))
    case .seed(let rows): add(rows, node.provenance, elements: form.isSpread ? 0 : size(rows.shape))
    case .indicator(let rows): add(rows, node.provenance)
    case .sparse(let rows, let operands):
      let chosen = whole == 0 ? 0 : size(rows.chosenShape)
      add(
        rows, node.provenance, flops: flops(node, operands, result: rows.chosenShape),
        elements: whole - chosen - (form.isSpread ? size(rows.shape) : 0))
    case .contracted(let operands):
      guard let rows = zip(node.operands, operands).lazy.compactMap(chosen).first else { return }
      add(rows, node.provenance, flops: flops(node, operands, result: function.type(of: node.result).shape))
    }
  }

  private func chosen(_ value: ValueID, _ form: RowOperand) -> Rows? {
    switch form {
    case .scattered: demand.sparsity.sparsity(value)
    case .rows(let rows): rows
    case .whole, .unread: nil
    }
  }

  /// FLOPs of the node on whole operands less those on operands in these forms.
  private func flops(_ node: Node, _ operands: [RowOperand], result: [Int]) -> Double {
    let types = node.operands.map { function.type(of: $0) }
    let type = function.type(of: node.result)
    let chosen = zip(node.operands, operands).enumerated().map { index, pair in
      TensorType(types[index].element, self.chosen(pair.0, pair.1)?.chosenShape ?? types[index].shape)
    }
    return Cost.flops(node.op, operands: types, results: [type])
      - Cost.flops(node.op, operands: chosen, results: [TensorType(type.element, result)])
  }

  private func size(_ shape: [Int]) -> Int { shape.reduce(1, *) }

  private mutating func add(_ rows: Rows, _ provenance: Provenance, flops: Double = 0, elements: Int = 0) {
    let place: Int
    if let known = places[rows.set.base] {
      place = known
    } else {
      place = savings.count
      places[rows.set.base] = place
      savings.append(RowSavings(base: rows.set.base, rows: rows, provenance: provenance))
    }
    savings[place].flops += flops
    savings[place].elements += elements
    if flops > 0, !provenance.layer.isEmpty, !savings[place].layers.contains(provenance.layer) {
      savings[place].layers.append(provenance.layer)
    }
  }
}
