import TensorIR

/// In which order nodes and groups are lowered, and which values need memory because something outside their group reads them.
struct LoweringOrder {
  /// Node numbers; a group stands where one of its members does.
  private(set) var nodes: [Int] = []
  /// For each value, whether it is read outside the loop that computes it.
  private(set) var escapes: [Bool]
  /// Whether groups wait for one another: there is no order then.
  private(set) var isStuck = false

  init(_ function: Function, _ grouping: LoopGrouping) {
    escapes = Array(repeating: false, count: function.valueCount)
    for result in function.results { escapes[result.value.index] = true }
    for value in function.guards { escapes[value.index] = true }
    if grouping.groups.isEmpty {
      nodes = grouping.order
      escapes = escapes.map { _ in true }
      return
    }
    markEscapes(function, grouping)
    var sort = TopologicalOrder(count: function.nodes.count)
    for (index, node) in function.nodes.enumerated() where !grouping.inlined[node.result.index] {
      let item = grouping.groupOf[index]
      for other in grouping.dependencies[index] where grouping.groupOf[other] != item {
        sort.edge(grouping.groupOf[other], item)
      }
      // The views between are lowered too, unless they stay inside the group.
      for view in Self.views(node, function, grouping) where escapes[function.nodes[view].result.index] && view != index
      {
        if Self.group(of: function.nodes[view].result, grouping) != item { sort.edge(view, item) }
      }
    }
    var priority = grouping.position
    for (number, group) in grouping.groups { priority[number] = group.members.map { grouping.position[$0] }.min()! }
    let (sorted, stuck) = sort.sorted { priority[$0] }
    isStuck = !stuck.isEmpty
    nodes = sorted.filter { node in
      let result = function.nodes[node].result
      if grouping.inlined[result.index] { return false }
      if function.nodes[node].op.traits.isView { return escapes[result.index] }
      return grouping.groupOf[node] == node
    }
  }

  /// The group that computes what a value is a view of; nil for arguments.
  private static func group(of value: ValueID, _ grouping: LoopGrouping) -> Int? {
    grouping.definitions[grouping.root(value).index].map { grouping.groupOf[$0] }
  }

  /// The views a node reads directly or through inlined values.
  private static func views(_ node: Node, _ function: Function, _ grouping: LoopGrouping) -> [Int] {
    var result: [Int] = []
    var seen = Set<ValueID>()
    func visit(_ value: ValueID) {
      guard seen.insert(value).inserted, let definition = grouping.definitions[value.index] else { return }
      let producer = function.nodes[definition]
      if producer.op.traits.isView { result.append(definition) }
      if grouping.inlined[value.index] { producer.operands.forEach(visit) }
    }
    node.operands.forEach(visit)
    return result
  }

  private mutating func markEscapes(_ function: Function, _ grouping: LoopGrouping) {
    for (index, node) in function.nodes.enumerated().reversed() {
      if grouping.inlined[node.result.index] { continue }
      if node.op.traits.isView {
        // A view with memory needs what it views.
        if escapes[node.result.index] { escapes[node.operands[0].index] = true }
        continue
      }
      let own = grouping.groupOf[index]
      var seen = Set<ValueID>()
      func visit(_ value: ValueID) {
        if !seen.insert(value).inserted { return }
        if grouping.inlined[value.index] {
          function.nodes[grouping.definitions[value.index]!].operands.forEach(visit)
        } else if Self.group(of: value, grouping) != own {
          escapes[value.index] = true
        }
      }
      node.operands.forEach(visit)
    }
  }
}
