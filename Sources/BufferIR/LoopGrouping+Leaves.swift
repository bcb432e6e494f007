import TensorIR

/// What a node reads, seen through the values inlined into it and the views between.
extension LoopGrouping {
  struct Leaf: Hashable {
    /// The value read: an argument, a value with memory, or a view of one that no map sees through.
    var value: ValueID
    var map: [AxisMap]
    /// What the value is a view of.
    var root: ValueID
    /// Read at rows that an index chooses: the value must stand in memory.
    var isIndirect = false
    var isOpaque: Bool { value != root || isIndirect }
  }

  /// Reads of a node at a point, where its result (for reductions its operand) is at `map`.
  func leaves(_ node: Int, at map: [AxisMap], _ domain: [Int]) -> [Leaf] {
    var walk = Walk(domain: domain)
    visit(operandsOf: function.nodes[node], at: map, &walk)
    return walk.leaves
  }

  private struct Walk {
    let domain: [Int]
    var leaves: [Leaf] = []
    /// Inlined values that have been walked through, by where they are read.
    var seen = Set<LoopBuilder.Site>()
  }

  private func visit(operandsOf node: Node, at map: [AxisMap], _ walk: inout Walk) {
    if case .gather(let op) = node.op {
      let indices = function.type(of: node.operands[1]).rank
      let rows = Array(map[..<op.batchDims]) + [.fixed] + Array(map[indices...])
      for (operand, map) in zip(node.operands, [rows, Array(map[..<indices])]) {
        walk.leaves.append(Leaf(value: operand, map: map, root: root(operand), isIndirect: true))
      }
      return
    }
    for (i, operand) in node.operands.enumerated() {
      if case .dropout = node.op, i == 1 {
        visit(operand, at: [], &walk)
      } else {
        visit(operand, at: map, &walk)
      }
    }
  }

  private func visit(_ value: ValueID, at map: [AxisMap], _ walk: inout Walk) {
    guard let definition = definitions[value.index] else {
      walk.leaves.append(Leaf(value: value, map: map, root: value))
      return
    }
    let node = function.nodes[definition]
    if inlined[value.index] {
      if walk.seen.insert(.init(value: value, map: map)).inserted { visit(operandsOf: node, at: map, &walk) }
      return
    }
    let shape = node.operands.first.map { function.type(of: $0).shape } ?? []
    var inner: [AxisMap]?
    switch node.op {
    case .stopGradient: inner = map
    case .transpose(let op):
      inner = map
      for (i, axis) in op.permutation.enumerated() { inner![axis] = map[i] }
    case .slice(let op): inner = map.enumerated().map { axis, m in m.scaled(by: op.step[axis], offset: op.start[axis]) }
    case .broadcast(let op):
      inner = op.axes.enumerated().map { i, axis in shape[i] == 1 && op.shape[axis] != 1 ? .fixed : map[axis] }
    case .reshape:
      inner = AxisMap.throughReshape(map, from: shape, to: function.type(of: value).shape, domain: walk.domain)
    case .constant, .iota: return
    default:
      walk.leaves.append(Leaf(value: value, map: map, root: value))
      return
    }
    if let inner {
      visit(node.operands[0], at: inner, &walk)
    } else {
      walk.leaves.append(Leaf(value: value, map: map, root: root(value)))
    }
  }

  /// Whether a node alone reads what is most of a group's work, and the group reads little more than that: then both may
  /// wait for one another however far apart they stand.
  func consumes(_ node: Int, _ group: LoopGroup) -> Bool {
    let count = group.domain.reduce(1, *)
    var own = Set<ValueID>()
    var seen = Set<ValueID>()
    for operand in function.nodes[node].operands { collect(operand, &own, &seen) }
    guard
      own.contains(where: { value in
        group.maps[value] != nil && function.type(of: value).count == count && isRead(value, onlyBy: node, group)
      })
    else { return false }
    var read = Set<ValueID>()
    seen = []
    for member in group.members {
      for operand in function.nodes[member].operands { collect(operand, &read, &seen) }
    }
    let size = read.subtracting(group.maps.keys).reduce(0) { sum, value in
      definitions[value.index] == nil ? sum : sum + function.type(of: value).count
    }
    return size * 2 <= count * 3
  }

  /// Whether nothing but a node and a group read a value, directly or through what is computed in their loops.
  private func isRead(_ value: ValueID, onlyBy node: Int, _ group: LoopGroup) -> Bool {
    if isResult.contains(value) { return false }
    return uses[value.index].allSatisfy { reader in
      if reader == node || group.members.contains(reader) { return true }
      let result = function.nodes[reader].result
      return (function.nodes[reader].op.traits.isView || inlined[result.index]) && isRead(result, onlyBy: node, group)
    }
  }

  /// What stands behind views and inlined values.
  private func collect(_ value: ValueID, _ read: inout Set<ValueID>, _ seen: inout Set<ValueID>) {
    let base = root(value)
    if !seen.insert(base).inserted { return }
    if inlined[base.index], let definition = definitions[base.index] {
      for operand in function.nodes[definition].operands { collect(operand, &read, &seen) }
    } else {
      read.insert(base)
    }
  }

  /// What a chain of views starts from.
  func root(_ value: ValueID) -> ValueID {
    var value = value
    while let definition = definitions[value.index], function.nodes[definition].op.traits.isView {
      value = function.nodes[definition].operands[0]
    }
    return value
  }
}
