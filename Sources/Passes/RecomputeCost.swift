import TensorIR

/// What computing a node again costs, in scalar operations.
struct RecomputeCost {
  /// All, those of the products among them.
  let operations: Double
  let productFLOPs: Double

  init(_ node: Node, _ function: Function) {
    let operands = node.operands.map { function.type(of: $0) }
    productFLOPs = Cost.flops(node.op, operands: operands, results: node.results.map { function.type(of: $0) })
    let results = node.results.reduce(0.0) { $0 + Double(function.type(of: $1).count) }
    let read = operands.reduce(0.0) { $0 + Double($1.count) }
    let work: Double =
      switch node.op.traits.work {
      case .perResult(let operations): results * operations
      case .perElement(let operations): max(results, read) * operations
      case .perRead(let operations): read * operations
      }
    operations = work + productFLOPs
  }
}
