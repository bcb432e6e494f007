import TensorIR

/// Reductions, softmax and log-sum-exp as loops over rows or columns.
extension Lowering {
  /// Full reductions above this size are split into fixed parts, so that all threads work and the result does not depend
  /// on how many there are.
  static let splitAbove = 1 << 15

  mutating func lower(_ op: Reduce, _ node: Node) {
    let operand = function.type(of: node.operands[0])
    let kept = operand.shape.indices.filter { !op.axes.contains($0) }
    let view = destination(node.result)
    places[node.result.index] = .view(view)
    let outputs = kept.reduce(1) { $0 * operand.shape[$1] }
    if outputs <= 2, operand.count > Self.splitAbove, op.axes.count > 1, let parts = splitAxis(operand.shape, op.axes) {
      lowerSplit(op, node, operand, kept, view, axis: parts)
      return
    }
    var builder = LoopBuilder(domain: operand.shape)
    let value = emit(node.operands[0], builder.identity, into: &builder)
    builder.mnemonics.append("reduce_\(op.kind.rawValue)")
    let result = builder.add(.reduce(op.kind, value))
    builder.store(result, to: view, kept.map { builder.identity[$0] })
    call(builder, reducing: op.axes)
  }

  /// The reduced axis to split by, one long enough to feed every thread: each of its indices becomes a part.
  private func splitAxis(_ shape: [Int], _ axes: [Int]) -> Int? {
    axes.filter { shape[$0] >= 8 }.max { (min(shape[$0], 4096), -$0) < (min(shape[$1], 4096), -$1) }
  }

  /// Reduces all axes but one, then that one.
  private mutating func lowerSplit(
    _ op: Reduce, _ node: Node, _ operand: TensorType, _ kept: [Int], _ view: View, axis: Int
  ) {
    let keptFirst = kept + [axis]
    let partial = temporary(TensorType(operand.element, keptFirst.map { operand.shape[$0] }))
    var first = LoopBuilder(domain: operand.shape)
    let value = emit(node.operands[0], first.identity, into: &first)
    first.mnemonics.append("reduce_\(op.kind.rawValue)")
    let sum = first.add(.reduce(op.kind, value))
    first.store(sum, to: partial, keptFirst.map { first.identity[$0] })
    call(first, reducing: op.axes.filter { $0 != axis })
    var second = LoopBuilder(domain: partial.shape)
    let part = second.load(partial, second.identity)
    second.mnemonics = ["reduce_\(op.kind.rawValue)"]
    let total = second.add(.reduce(op.kind, part))
    second.store(total, to: view, kept.indices.map { second.identity[$0] })
    call(second, reducing: [kept.count])
  }

  mutating func lowerSoftmax(_ node: Node) {
    let type = function.type(of: node.result)
    let view = destination(node.result)
    places[node.result.index] = .view(view)
    var builder = LoopBuilder(domain: type.shape)
    let x = emit(node.operands[0], builder.identity, into: &builder)
    builder.store(emitSoftmax(x, into: &builder), to: view, builder.identity)
    call(builder, reducing: [type.rank - 1])
  }

  mutating func lowerLogSumExp(_ node: Node) {
    let type = function.type(of: node.operands[0])
    let view = destination(node.result)
    places[node.result.index] = .view(view)
    var builder = LoopBuilder(domain: type.shape)
    let x = emit(node.operands[0], builder.identity, into: &builder)
    builder.store(emitLogSumExp(x, type.element, into: &builder), to: view, Array(builder.identity.dropLast()))
    call(builder, reducing: [type.rank - 1])
  }

  /// The largest finite number of a float type.
  private func largest(_ element: ElementType) -> Double {
    switch element {
    case .f64: Double.greatestFiniteMagnitude
    case .bf16: 0x1.FEp127
    default: Double(Float.greatestFiniteMagnitude)
    }
  }

  func emitSoftmax(_ x: Int, into builder: inout LoopBuilder) -> Int {
    builder.mnemonics.append("softmax")
    let largest = builder.add(.reduce(.max, x))
    let weight = builder.add(.unary(.exp, builder.add(.binary(.sub, x, largest))))
    return builder.add(.binary(.div, weight, builder.add(.reduce(.sum, weight))))
  }

  func emitLogSumExp(_ x: Int, _ element: ElementType, into builder: inout LoopBuilder) -> Int {
    builder.mnemonics.append("log_sum_exp")
    let highest = builder.add(.reduce(.max, x))
    // Finite, so that rows of −∞ give −∞ and rows with +∞ give +∞: ∞ − ∞ is no number.
    let most = largest(element)
    let above = builder.add(.binary(.max, highest, builder.add(.constant(-most, element))))
    let largest = builder.add(.binary(.min, above, builder.add(.constant(most, element))))
    let weight = builder.add(.unary(.exp, builder.add(.binary(.sub, x, largest))))
    return builder.add(.binary(.add, largest, builder.add(.unary(.log, builder.add(.reduce(.sum, weight))))))
  }
}
