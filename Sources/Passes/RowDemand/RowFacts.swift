import TensorIR

/// What is known of index tensors: which rows they choose, and which tensors are 1 on chosen rows and 0 elsewhere.
struct RowFacts {
  let graph: GraphIndex
  private var function: Function { graph.function }

  init(_ graph: GraphIndex) { self.graph = graph }

  /// The rows a gather reads or a scatter writes, of a tensor of that shape. Nil unless one index axis follows the batch
  /// axes, and it chooses fewer rows than there are.
  func set(_ ids: ValueID, batchDims: Int, of shape: [Int]) -> RowSet? {
    let sizes = function.type(of: ids).shape
    guard sizes.count == batchDims + 1, let count = sizes.last, count < shape[batchDims] else { return nil }
    let base = RowSet.Base(choice: places(ids) ?? .value(ids), batch: Array(sizes.dropLast()))
    return RowSet(base: base, count: count, range: range(ids), rows: shape[batchDims])
  }

  /// A run of places in an order, if the value is one.
  private func places(_ value: ValueID) -> RowSet.Choice? {
    guard let node = graph.definition(value)?.node, case .slice(let op) = node.op, isOrder(node.operands[0]) else {
      return nil
    }
    let shape = function.type(of: node.operands[0]).shape
    let axis = shape.count - 1
    for other in 0..<axis where op.start[other] != 0 || op.limit[other] != shape[other] { return nil }
    if op.step.contains(where: { $0 != 1 }) { return nil }
    return .places(of: node.operands[0], from: op.start[axis], to: op.limit[axis])
  }

  /// Whether the value is the result of an argsort: a permutation of 0 ..< n along its last axis.
  func isOrder(_ value: ValueID) -> Bool {
    if case .argsort? = graph.definition(value)?.node.op { true } else { false }
  }

  /// The order whose inverse the value is: argsort(order) gives the place of each element in it.
  func order(ofRanks value: ValueID) -> ValueID? {
    guard let node = graph.definition(value)?.node, case .argsort = node.op, isOrder(node.operands[0]) else {
      return nil
    }
    return node.operands[0]
  }

  /// What the elements of an integer tensor lie in, where that is known.
  func range(_ value: ValueID) -> Range<Int>? {
    var value = value
    while let node = graph.definition(value)?.node {
      switch node.op {
      case .argsort: return 0..<function.type(of: value).shape.last!
      case .iota(let op): return 0..<op.type.shape[op.axis]
      case .constant(let constant):
        let list =
          switch constant.value {
          case .splat(let number): [number]
          case .dense(let numbers): numbers
          }
        guard let least = list.min(), let most = list.max() else { return nil }
        return Int(least)..<(Int(most) + 1)
      case .slice, .reshape, .transpose, .broadcast: value = node.operands[0]
      default: return nil
      }
    }
    return nil
  }

  /// If the node says for each row whether its place in an order is in a run at the order's start or end: those rows.
  func indicated(_ node: Node) -> Rows? {
    guard case .compare(let op) = node.op, let order = order(ofRanks: node.operands[0]),
      let bound = graph.splat(node.operands[1]), abs(bound) < 1e9
    else { return nil }
    let shape = function.type(of: order).shape
    let size = shape.last!
    let run: Range<Int>
    switch op.kind {
    case .ge: run = clamped(Int(bound), size)..<size
    case .gt: run = clamped(Int(bound) + 1, size)..<size
    case .lt: run = 0..<clamped(Int(bound), size)
    case .le: run = 0..<clamped(Int(bound) + 1, size)
    case .eq, .ne: return nil
    }
    if run.isEmpty || run.count == size { return nil }
    let base = RowSet.Base(
      choice: .places(of: order, from: run.lowerBound, to: run.upperBound), batch: Array(shape.dropLast()))
    return .operand(RowSet(base: base, count: run.count, range: 0..<size, rows: size), shape)
  }

  private func clamped(_ bound: Int, _ size: Int) -> Int { min(max(bound, 0), size) }
}
