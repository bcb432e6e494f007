import TensorIR

/// What computing a node again costs, in scalar operations.
struct RecomputeCost {
  /// All, those of the products among them.
  let operations: Double
  let productFLOPs: Double

  /// Operations of one element of exp, tanh, erf and what is made of them.
  private static let transcendental = 20.0
  /// Of one element of a dropout mask: its part of a Philox block.
  private static let random = 8.0

  init(_ node: Node, _ function: Function) {
    let operands = node.operands.map { function.type(of: $0) }
    productFLOPs = Cost.flops(node.op, operands: operands, results: node.results.map { function.type(of: $0) })
    let results = node.results.reduce(0.0) { $0 + Double(function.type(of: $1).count) }
    let read = operands.reduce(0.0) { $0 + Double($1.count) }
    let work: Double =
      switch node.op.mnemonic {
      case "constant", "iota", "broadcast", "reshape", "transpose", "slice", "stop_gradient": 0
      case "exp", "log", "tanh", "gelu", "gelu_derivative", "erf": results * Self.transcendental
      case "softmax", "log_sum_exp": read * Self.transcendental
      case "dropout": results * Self.random
      default: max(results, read)
      }
    operations = work + productFLOPs
  }
}
