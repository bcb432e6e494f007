// Σ a + Σ b + … + x  ⇒  Σ concat(Σ rows of a, Σ rows of b, …) + x, where a list is its own rows

import Support
import TensorIR

extension Pass {
  /// Adds up many totals, such as the squares of every gradient, in one sum over all their rows: what remains after each
  /// tensor has been read is written side by side and added once.
  public static let sums = Pass(
    name: "pool-sums", summary: "add totals of many tensors in one sum over their rows", level: 2
  ) { (function, context) throws(Diagnostic) in
    let pools = SumPools(GraphIndex(function)).pools.filter { pool in
      context.fire(
        "Σ a + Σ b + … ⇒ Σ concat(Σ rows of a, Σ rows of b, …)", at: function.nodes[pool.root].provenance,
        "\(pool.totals.count) sums")
    }
    if pools.isEmpty { return function }
    let roots = Dictionary(uniqueKeysWithValues: pools.map { ($0.root, $0) })
    let totals = Set(pools.flatMap(\.totals))
    var parts: [Int: ValueID] = [:]
    var rewriter = Rewriter(function)
    for (index, node) in function.nodes.enumerated() {
      rewriter.provenance = node.provenance
      if totals.contains(index) {
        let x = rewriter.value(for: node.operands[0])
        let type = rewriter.type(x)
        let axes = Array(type.shape.indices.dropFirst())
        parts[index] = axes.isEmpty ? x : try rewriter.add(.reduce(Reduce(.sum, axes: axes)), [x])
      }
      guard let pool = roots[index] else {
        rewriter.copy(node)
        continue
      }
      let joined = try rewriter.add(.concat(Concat(axis: 0)), pool.totals.map { parts[$0]! })
      var sum = try rewriter.add(.reduce(Reduce(.sum, axes: [0])), [joined])
      for other in pool.others { sum = try rewriter.add(.binary(Binary(.add)), [sum, rewriter.value(for: other)]) }
      rewriter.replace(node, with: [sum])
    }
    // The additions and totals in between are now read by nothing.
    var inner = PassContext()
    return try Pass.dce.run(rewriter.finish(), &inner)
  }
}

/// Finds sums of many totals.
private struct SumPools {
  struct Pool {
    /// The addition that gives the sum.
    var root: Int
    /// Nodes that reduce a tensor to one number, in their order.
    var totals: [Int] = []
    var others: [ValueID] = []
  }

  private let graph: GraphIndex
  private(set) var pools: [Pool] = []

  /// Fewer are not worth their joining.
  private static let fewest = 4

  init(_ graph: GraphIndex) {
    self.graph = graph
    for (index, node) in graph.function.nodes.enumerated() where isSum(index) && !isInner(node.result) {
      var pool = Pool(root: index)
      collect(node, &pool)
      pool.totals.sort()
      if pool.totals.count >= Self.fewest { pools.append(pool) }
    }
  }

  private func isSum(_ index: Int) -> Bool {
    let node = graph.function.nodes[index]
    guard case .binary(let op) = node.op, op.kind == .add else { return false }
    let type = graph.function.type(of: node.result)
    return type.rank == 0 && type.element.isFloat && node.operands[0] != node.operands[1]
  }

  /// Whether the value is only a term of another such sum.
  private func isInner(_ value: ValueID) -> Bool {
    let readers = graph.readers(value)
    return readers.count == 1 && !graph.isKept(value) && isSum(readers[0])
  }

  private func collect(_ node: Node, _ pool: inout Pool) {
    for operand in node.operands {
      guard let (index, term) = graph.definition(operand), isInner(operand) else {
        pool.others.append(operand)
        continue
      }
      if isSum(index) {
        collect(term, &pool)
      } else if case .reduce(let op) = term.op, op.kind == .sum,
        op.axes.count == graph.function.type(of: term.operands[0]).rank
      {
        pool.totals.append(index)
      } else {
        pool.others.append(operand)
      }
    }
  }
}
