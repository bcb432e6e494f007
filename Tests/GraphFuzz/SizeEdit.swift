import Support
import TensorIR

/// A function with one size replaced by a smaller one, wherever it stands.
struct SizeEdit {
  let from: Int
  let to: Int

  init(from: Int, to: Int) {
    self.from = from
    self.to = to
  }

  /// nil if the types do not fit then.
  func applied(to source: Function) -> Function? {
    var function = Function(name: source.name)
    for argument in source.arguments {
      var argument = argument
      argument.type.shape = changed(argument.type.shape)
      function.addArgument(argument)
    }
    var builder = Builder(function)
    for node in source.nodes {
      builder.provenance = node.provenance
      guard let results = try? builder.addAll(changed(node.op, source.type(of: node.results[0])), node.operands),
        results == node.results
      else { return nil }
    }
    builder.function.results = source.results
    builder.function.guards = source.guards
    return builder.function
  }

  private func changed(_ shape: [Int]) -> [Int] { shape.map { $0 == from ? to : $0 } }

  private func changed(_ op: Op, _ type: TensorType) -> Op {
    let type = TensorType(type.element, changed(type.shape))
    if case .constant(let op) = op {
      if case .dense(let list) = op.value { return .constant(Constant(.dense(Array(list.prefix(type.count))), type)) }
      return .constant(Constant(op.value, type))
    }
    if case .iota(let op) = op { return .iota(Iota(axis: op.axis, type)) }
    if case .broadcast(let op) = op { return .broadcast(Broadcast(shape: type.shape, axes: op.axes)) }
    if case .reshape = op { return .reshape(Reshape(type.shape)) }
    if case .scatterAdd(let op) = op { return .scatterAdd(ScatterAdd(batchDims: op.batchDims, shape: type.shape)) }
    if case .slice(let op) = op {
      return .slice(Slice(start: op.start.map { min($0, to - 1) }, limit: changed(op.limit), step: op.step))
    }
    return op
  }
}
