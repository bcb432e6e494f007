// scatter_add(x, ranks)  ⇒  gather(x, order)      where order = argsort(…), ranks = argsort(order): every row is hit once
// slice(gather(x, ids), rows)  ⇒  gather(x, slice(ids))      if slices are all that reads the gather

import Support
import TensorIR

extension Pass {
  /// Puts rows back in another order without scattering them, and takes no more of them than are read.
  public static let maskedGather = Pass(
    name: "masked-gather", summary: "read rows through their order instead of scattering them", level: 2
  ) { (function, context) throws(Diagnostic) in
    // Scatters become gathers first, of which slices may then be taken.
    let gathers = try MaskedGatherMatcher(function).scattersAsGathers(&context)
    let result = try MaskedGatherMatcher(gathers).smallerGathers(&context)
    if result == function { return function }
    var scratch = PassContext()
    return try Pass.dce.run(result, &scratch)
  }
}

private struct MaskedGatherMatcher {
  let graph: GraphIndex
  private var function: Function { graph.function }

  init(_ function: Function) { graph = GraphIndex(function) }

  private func shape(_ value: ValueID) -> [Int] { function.type(of: value).shape }

  func scattersAsGathers(_ context: inout PassContext) throws(Diagnostic) -> Function {
    try Rewriter.rewrite(function) { (rewriter, node, operands) throws(Diagnostic) in
      guard case .scatterAdd(let op) = node.op, let order = order(op, node),
        context.fire("scatter_add(x, ranks) ⇒ gather(x, order)", at: node.provenance)
      else { return nil }
      return [try rewriter.add(.gather(Gather(batchDims: op.batchDims)), [operands[0], rewriter.value(for: order)])]
    }
  }

  func smallerGathers(_ context: inout PassContext) throws(Diagnostic) -> Function {
    try Rewriter.rewrite(function) { (rewriter, node, operands) throws(Diagnostic) in
      if case .slice(let op) = node.op, let gather = slicedGather(op, node),
        context.fire("slice(gather(x, ids)) ⇒ gather(x, slice(ids))", at: node.provenance)
      {
        let ids = rewriter.value(for: gather.operands[1])
        let rank = rewriter.type(ids).rank
        let part = Slice(start: Array(op.start.prefix(rank)), limit: Array(op.limit.prefix(rank)))
        let fewer = try rewriter.add(.slice(part), [ids])
        return [try rewriter.add(gather.op, [rewriter.value(for: gather.operands[0]), fewer])]
      }
      return nil
    }
  }

  /// The order of which a scatter's indices are the ranks.
  func order(_ op: ScatterAdd, _ node: Node) -> ValueID? {
    let ids = shape(node.operands[1])
    guard ids.count == op.batchDims + 1, ids.last == op.shape[op.batchDims] else { return nil }
    return RowFacts(graph).order(ofRanks: node.operands[1])
  }

  /// The gather a node takes some rows of, where all its readers do.
  func slicedGather(_ op: Slice, _ node: Node) -> Node? {
    guard let gather = graph.definition(node.operands[0])?.node, case .gather = gather.op,
      !graph.isKept(gather.result)
    else { return nil }
    let isRowsOnly = graph.readers(gather.result).allSatisfy { reader in
      guard case .slice(let slice) = function.nodes[reader].op else { return false }
      return takesRows(slice, gather)
    }
    return isRowsOnly ? gather : nil
  }

  /// Whether a slice cuts only axes of the gather's indices.
  private func takesRows(_ slice: Slice, _ gather: Node) -> Bool {
    let whole = shape(gather.result)
    return whole.indices.allSatisfy { axis in
      slice.step[axis] == 1
        && (axis < shape(gather.operands[1]).count && axis >= batchDims(gather)
          || slice.start[axis] == 0 && slice.limit[axis] == whole[axis])
    }
  }

  private func batchDims(_ gather: Node) -> Int {
    if case .gather(let op) = gather.op { op.batchDims } else { 0 }
  }
}
