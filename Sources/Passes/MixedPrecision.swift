// matmul(x, w)  ⇒  matmul(bf16(x), bf16(w)) {wide}      w a parameter, kept in f32
// y, the product with its bias added  ⇒  f32(bf16(y))   unless a soft-max reads it

import Support
import TensorIR

extension Pass {
  /// Products with parameters in bf16 with f32 sums, and their results kept in bf16. Everything else (layer norm,
  /// soft-max, losses, the gradients and the moments of parameters) stays f32. Runs on a model's own functions, before
  /// they are differentiated: reverse mode then gives the products of the backward the same types.
  public static let mixedPrecision = Pass(
    name: "mixed-precision", summary: "compute products with parameters in bf16, with sums in f32", level: 0
  ) { (function, context) throws(Diagnostic) in
    var narrowing = ProductNarrowing(GraphIndex(function))
    return try Rewriter.rewrite(function) { (rewriter, node, operands) throws(Diagnostic) in
      try narrowing.rewrite(node, operands, &rewriter, &context)
    }
  }
}

/// The state of one run: which values are products that are yet to be rounded.
private struct ProductNarrowing {
  private let index: GraphIndex
  /// The bf16 form of new values that have one.
  private var narrowed: [ValueID: ValueID] = [:]
  /// The rounded form of new values that are products with or without bias; nil: not made yet.
  private var products: [ValueID: ValueID?] = [:]

  init(_ index: GraphIndex) { self.index = index }

  mutating func rewrite(
    _ node: Node, _ operands: [ValueID], _ rewriter: inout Rewriter, _ context: inout PassContext
  ) throws(Diagnostic) -> [ValueID]? {
    if case .matmul(let op) = node.op, let product = try product(op, node, operands, &rewriter, &context) {
      if !feedsSoftmax(node.result) { products[product] = .some(nil) }
      return [product]
    }
    if extendsProduct(node, operands) {
      let value = try rewriter.add(node.op, operands)
      products[value] = .some(nil)
      return [value]
    }
    if !operands.contains(where: { products[$0] != nil }) { return nil }
    var rounded = operands
    for position in operands.indices { rounded[position] = try self.rounded(operands[position], &rewriter) }
    return try rewriter.addAll(node.op, rounded)
  }

  /// The product in bf16 with f32 sums; nil for one that has no parameter, and for other types.
  private mutating func product(
    _ op: Matmul, _ node: Node, _ operands: [ValueID], _ rewriter: inout Rewriter, _ context: inout PassContext
  ) throws(Diagnostic) -> ValueID? {
    guard rewriter.type(operands[0]).element == .f32, operands.contains(where: { isParameter($0, rewriter) }),
      context.fire("matmul(x, w) ⇒ matmul(bf16(x), bf16(w))", at: node.provenance)
    else { return nil }
    let a = try narrow(operands[0], &rewriter)
    let b = try narrow(operands[1], &rewriter)
    let wide = Matmul(transposeA: op.transposeA, transposeB: op.transposeB, wide: true)
    return try rewriter.add(.matmul(wide), [a, b])
  }

  /// Whether the node adds a bias to a product or gives it another shape, and nothing else reads the product.
  private func extendsProduct(_ node: Node, _ operands: [ValueID]) -> Bool {
    guard let position = operands.firstIndex(where: { products[$0] != nil }),
      index.readers(node.operands[position]).count == 1, !index.isKept(node.operands[position])
    else { return false }
    if case .reshape = node.op { return true }
    guard case .binary(let op) = node.op, op.kind == .add,
      case .broadcast? = index.definition(node.operands[1 - position])?.node.op
    else { return false }
    return true
  }

  /// Whether the value, under whatever shape and with whatever bias, is reduced by a soft-max: then it stays f32.
  private func feedsSoftmax(_ value: ValueID) -> Bool {
    index.readers(value).contains { reader in
      let node = index.function.nodes[reader]
      switch node.op {
      case .softmax, .logSumExp: return true
      case .reshape: return feedsSoftmax(node.result)
      case .binary(let op): return op.kind == .add && feedsSoftmax(node.result)
      default: return false
      }
    }
  }

  /// Whether a new value is a parameter, or one under another shape.
  private func isParameter(_ value: ValueID, _ rewriter: Rewriter) -> Bool {
    guard let node = rewriter.definition(of: value) else {
      if case .parameter = rewriter.function.arguments[value.index].role { return true }
      return false
    }
    switch node.op {
    case .reshape, .transpose: return isParameter(node.operands[0], rewriter)
    default: return false
    }
  }

  /// The value in bf16, made once. A parameter is rounded before its shape is changed.
  private mutating func narrow(_ value: ValueID, _ rewriter: inout Rewriter) throws(Diagnostic) -> ValueID {
    if let known = narrowed[value] { return known }
    let result: ValueID
    if let node = rewriter.definition(of: value), isParameter(value, rewriter) {
      let inner = try narrow(node.operands[0], &rewriter)
      result = try rewriter.add(node.op, [inner])
    } else {
      result = try rewriter.add(.convert(Convert(.bf16)), [value])
    }
    narrowed[value] = result
    return result
  }

  /// What stands for a value where it is read: a product rounded to bf16, anything else as it is.
  private mutating func rounded(_ value: ValueID, _ rewriter: inout Rewriter) throws(Diagnostic) -> ValueID {
    guard let product = products[value] else { return value }
    if let known = product { return known }
    let wide = try rewriter.add(.convert(Convert(.f32)), [try narrow(value, &rewriter)])
    products[value] = .some(wide)
    return wide
  }
}
