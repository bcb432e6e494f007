import TensorIR

/// Which nodes of a function compute again what the forward part has computed: a loop must not do both at once, or the
/// value would be kept all the same.
struct RecomputedNodes {
  /// The nodes that the loss depends on.
  private(set) var isForward: [Bool]
  /// The other nodes whose value one of them has too.
  private(set) var isCopy: [Bool]

  private struct Key: Hashable {
    var op: Op
    var operands: [Int]
  }

  init(_ function: Function) {
    let losses = function.losses
    isForward = function.ancestors(of: losses)
    isCopy = [Bool](repeating: false, count: function.nodes.count)
    if losses.isEmpty { return }
    // Equal values get equal numbers.
    var numbers = Array(0..<function.valueCount)
    var known: [Key: Int] = [:]
    for (index, node) in function.nodes.enumerated() {
      let key = Key(op: node.op, operands: node.operands.map { numbers[$0.index] })
      if let first = known[key] {
        for (result, original) in zip(node.results, function.nodes[first].results) {
          numbers[result.index] = numbers[original.index]
        }
        isCopy[index] = !isForward[index] && isForward[first]
      } else {
        known[key] = index
      }
    }
  }

  /// Whether one loop of these nodes would compute something for the forward and again for the backward.
  func meet(_ nodes: [Int], _ others: [Int]) -> Bool {
    nodes.contains { isForward[$0] } && others.contains { isCopy[$0] }
      || nodes.contains { isCopy[$0] } && others.contains { isForward[$0] }
  }
}
