import TensorIR

/// An order of nodes in which the indices of a choice come before what is computed on its rows; else the function's own.
struct RowOrder {
  /// Node numbers; nil if there is no such order.
  private(set) var nodes: [Int]? = []

  init(_ demand: RowDemand) {
    let function = demand.graph.function
    // 0: not begun, 1: waiting for what it needs, 2: placed.
    var state = [UInt8](repeating: 0, count: function.nodes.count)
    for first in function.nodes.indices where state[first] == 0 {
      var stack = [first]
      while let index = stack.last {
        if state[index] == 2 {
          stack.removeLast()
          continue
        }
        let pending = Self.dependencies(index, demand).filter { state[$0] != 2 }
        if pending.isEmpty {
          nodes?.append(index)
          state[index] = 2
          stack.removeLast()
        } else if state[index] == 1 {
          nodes = nil
          return
        } else {
          state[index] = 1
          stack += pending.reversed()
        }
      }
    }
  }

  private static func dependencies(_ index: Int, _ demand: RowDemand) -> [Int] {
    let graph = demand.graph
    var values = graph.function.nodes[index].operands
    for base in bases(index, demand) {
      switch base.choice {
      case .value(let ids): values.append(ids)
      case .places(let order, _, _): values.append(order)
      }
    }
    return values.compactMap { graph.definition($0)?.index }
  }

  /// The choices whose indices building the node may need.
  private static func bases(_ index: Int, _ demand: RowDemand) -> [RowSet.Base] {
    let form = demand.forms[index]
    var list = form.computed.map(\.set.base)
    switch demand.sparsity.plans[index] {
    case .sparse(let rows, _), .seed(let rows), .chosen(let rows): list.append(rows.set.base)
    case .contracted(let operands):
      for case .rows(let rows) in operands { list.append(rows.set.base) }
    case .dense, .indicator: break
    }
    return list
  }
}
