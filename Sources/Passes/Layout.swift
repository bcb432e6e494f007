// matmul(xᵀ, y) ⇒ matmul(x, y) with the flag of that operand turned, likewise for y      matmul(x, y)ᵀ ⇒ matmul(yᵀ, xᵀ)
// transpose moves the innermost axis of a product's operand to the place before ⇒ it stays innermost, and the flag turns
// transpose(f(transpose(x), …)) ⇒ f(x, …) for element-wise f whose every operand loses its transpose
// f(transpose(x), transpose(y)) ⇒ transpose(f(x, y)) for element-wise f and the same permutation
// reduce(transpose(x)) ⇒ reduce(x) if the axes left keep their order

import Support
import TensorIR

extension Pass {
  /// Turns transposes into flags of products, and moves them to where they vanish. Pure views (reshape, transpose, slice,
  /// broadcast) that stay are left to the buffer stage, which reads through strides.
  public static let layout = Pass(
    name: "layout", summary: "fold transposes into products and cancel them across element-wise operations", level: 1,
    parameters: [Parameter("depth", "how many element-wise operations a transpose is moved across", initial: 8)]
  ) { (function, context) throws(Diagnostic) in
    let depth = context.argument("depth")
    return try Rewriter.rewrite(function) { (rewriter, node, operands) throws(Diagnostic) in
      let match = LayoutMatcher(rewriter: rewriter, depth: depth).match(node.op, operands)
      guard let match, context.fire(match.equation, at: node.provenance) else { return nil }
      return [try rewriter.build(match.term)]
    }
  }
}

extension Rewriter {
  /// Adds the nodes of a term as they are.
  mutating func build(_ term: Term) throws(Diagnostic) -> ValueID {
    switch term {
    case .value(let value): return value
    case .op(let op, let terms):
      var operands: [ValueID] = []
      for term in terms { operands.append(try build(term)) }
      return try add(op, operands)
    }
  }
}

/// Finds the layout equation that applies to an operation on values of the function being built.
private struct LayoutMatcher {
  let rewriter: Rewriter
  let depth: Int

  func match(_ op: Op, _ x: [ValueID]) -> Match? {
    switch op {
    case .matmul(let matmul): product(matmul, x)
    case .transpose(let transpose): transposed(transpose, x[0])
    case .reduce(let reduce): reduction(reduce, x[0])
    case .unary, .binary, .compare, .select, .convert: sink(op, x)
    case .constant, .iota, .broadcast, .reshape, .slice, .concat, .pad, .gather, .scatterAdd, .argsort, .argmax,
      .softmax,
      .logSumExp, .dropout, .stopGradient, .attention, .attentionGradient, .linearCrossEntropy,
      .linearCrossEntropyGradient:
      nil
    }
  }

  private func product(_ op: Matmul, _ x: [ValueID]) -> Match? {
    let swap = Transpose.ofLastTwo(rank: rewriter.type(x[0]).rank)
    var terms: [Term] = x.map(Term.value)
    var turned = [false, false]
    for side in 0..<2 {
      if let (term, removed) = without(swap, x[side], depth), removed > 0 {
        terms[side] = term
        turned[side] = true
      } else if let term = innermostKept(x[side], swap) {
        terms[side] = term
        turned[side] = true
      }
    }
    if turned == [false, false] { return nil }
    let flagged = Matmul(
      transposeA: op.transposeA != turned[0], transposeB: op.transposeB != turned[1], wide: op.wide)
    return Match("matmul(xᵀ, y) ⇒ matmul(x, y) with a flag", .op(.matmul(flagged), terms))
  }

  /// For an operand whose transpose puts the innermost axis second to last: the same with the last two swapped back.
  private func innermostKept(_ value: ValueID, _ swap: Transpose) -> Term? {
    guard let node = rewriter.definition(of: value), case .transpose(let inner) = node.op else { return nil }
    let rank = inner.permutation.count
    if inner.permutation[rank - 2] != rank - 1 { return nil }
    return .op(.transpose(Transpose(swap.permutation.map { inner.permutation[$0] })), node.operands[0])
  }

  private func transposed(_ op: Transpose, _ value: ValueID) -> Match? {
    if let (term, removed) = without(op, value, depth), removed > 0 {
      return Match("transpose(f(transpose(x))) ⇒ f(x)", term)
    }
    guard let node = rewriter.definition(of: value), case .matmul(let matmul) = node.op, rewriter.uses(of: value) <= 1,
      op == Transpose.ofLastTwo(rank: op.permutation.count)
    else { return nil }
    let turned = Matmul(
      transposeA: !matmul.transposeB, transposeB: !matmul.transposeA, wide: matmul.wide)
    return Match(
      "matmul(x, y)ᵀ ⇒ matmul(yᵀ, xᵀ)", .op(.matmul(turned), [.value(node.operands[1]), .value(node.operands[0])]))
  }

  /// `transpose(value)` written without a transpose, and how many existing ones that takes away; nil if it cannot be.
  private func without(_ op: Transpose, _ value: ValueID, _ depth: Int) -> (term: Term, removed: Int)? {
    guard let node = rewriter.definition(of: value) else { return nil }
    switch node.op {
    case .transpose(let inner):
      let joined = op.permutation.map { inner.permutation[$0] }
      return joined == Array(joined.indices) ? (.value(node.operands[0]), 1) : nil
    case .constant(let constant):
      guard case .splat(let number) = constant.value else { return nil }
      return (.splat(number, TensorType(constant.type.element, op.permutation.map { constant.type.shape[$0] })), 0)
    case .broadcast(let broadcast):
      let place = op.inverse.permutation
      let axes = broadcast.axes.map { place[$0] }
      if axes != axes.sorted() { return nil }
      let shape = op.permutation.map { broadcast.shape[$0] }
      return (.op(.broadcast(Broadcast(shape: shape, axes: axes)), node.operands[0]), 0)
    case .unary, .binary, .compare, .select, .convert:
      if depth == 0 || rewriter.uses(of: value) > 1 { return nil }
      var terms: [Term] = []
      var removed = 0
      for operand in node.operands {
        guard let part = without(op, operand, depth - 1) else { return nil }
        terms.append(part.term)
        removed += part.removed
      }
      return (.op(node.op, terms), removed)
    case .iota, .reshape, .slice, .concat, .pad, .reduce, .matmul, .gather, .scatterAdd, .argsort, .argmax, .softmax,
      .logSumExp, .dropout, .stopGradient, .attention, .attentionGradient, .linearCrossEntropy,
      .linearCrossEntropyGradient:
      return nil
    }
  }

  /// Element-wise on operands that all end in the same transpose, or are splats: one transpose instead of several.
  private func sink(_ op: Op, _ x: [ValueID]) -> Match? {
    guard x.count > 1 else { return nil }
    var permutation: Transpose?
    var transposes = Set<ValueID>()
    var terms: [Term] = []
    for value in x {
      guard let node = rewriter.definition(of: value) else { return nil }
      if case .transpose(let inner) = node.op, rewriter.uses(of: value) <= 1 {
        if let permutation, permutation != inner { return nil }
        permutation = inner
        transposes.insert(value)
        terms.append(.value(node.operands[0]))
      } else {
        terms.append(.value(value))
      }
    }
    guard let permutation, transposes.count > 1 else { return nil }
    for (index, value) in x.enumerated() where !transposes.contains(value) {
      guard let part = without(permutation.inverse, value, depth) else { return nil }
      terms[index] = part.term
    }
    return Match("f(transpose(x), transpose(y)) ⇒ transpose(f(x, y))", .op(.transpose(permutation), [.op(op, terms)]))
  }

  private func reduction(_ op: Reduce, _ value: ValueID) -> Match? {
    guard let node = rewriter.definition(of: value), case .transpose(let inner) = node.op else { return nil }
    let left = inner.permutation.indices.filter { !op.axes.contains($0) }.map { inner.permutation[$0] }
    if left != left.sorted() { return nil }
    let axes = op.axes.map { inner.permutation[$0] }.sorted()
    return Match("reduce(transpose(x)) ⇒ reduce(x)", .op(.reduce(Reduce(op.kind, axes: axes)), node.operands[0]))
  }
}

extension Transpose {
  /// The permutation that swaps the last two axes.
  static func ofLastTwo(rank: Int) -> Transpose { Transpose(Array(0..<(rank - 2)) + [rank - 1, rank - 2]) }
}
