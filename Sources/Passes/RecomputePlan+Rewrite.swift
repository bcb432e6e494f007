import Support
import TensorIR

extension RecomputePlan {
  /// The function that computes the first `count` choices again.
  public func applied(_ count: Int) throws(Diagnostic) -> Function { try applied(Array(choices.prefix(count))) }

  /// The function that computes some choices again.
  func applied(_ dropped: [Choice]) throws(Diagnostic) -> Function {
    var copier = Copier(self, dropped)
    for (index, node) in function.nodes.enumerated() {
      if isForward[index] || !node.operands.contains(where: { copier.mustCopy($0) }) {
        copier.rewriter.copy(node)
      } else {
        let operands = try copier.again(node.operands)
        copier.rewriter.provenance = node.provenance
        copier.rewriter.replace(node, with: copier.rewriter.add(copyOf: node, operands))
      }
    }
    return copier.rewriter.finish()
  }

  /// Copies what stands behind dropped values to where the backward first reads them.
  private struct Copier {
    let plan: RecomputePlan
    var rewriter: Rewriter
    private var available: [Bool]
    private var copies: [ValueID: ValueID] = [:]

    init(_ plan: RecomputePlan, _ dropped: [Choice]) {
      self.plan = plan
      rewriter = Rewriter(plan.function)
      available = plan.kept
      for choice in dropped { available[choice.value.index] = false }
    }

    func mustCopy(_ value: ValueID) -> Bool {
      guard let node = plan.definitions[value.index], plan.isForward[node] else { return false }
      if plan.isView(node) { return plan.function.nodes[node].operands.contains { mustCopy($0) } }
      return !available[value.index]
    }

    mutating func again(_ values: [ValueID]) throws(Diagnostic) -> [ValueID] {
      var result: [ValueID] = []
      for value in values { result.append(try again(value)) }
      return result
    }

    mutating func again(_ value: ValueID) throws(Diagnostic) -> ValueID {
      guard mustCopy(value) else { return rewriter.value(for: value) }
      if let known = copies[value] { return known }
      let node = plan.function.nodes[plan.definitions[value.index]!]
      let values: [ValueID]
      if case .layerNorm = node.op, node.results.dropFirst().allSatisfy({ !mustCopy($0) }) {
        let operands = try again(node.operands)
        rewriter.provenance = node.provenance
        values = [try normalised(operands, mean: node.results[1], rstd: node.results[2])]
      } else {
        let operands = try again(node.operands)
        rewriter.provenance = node.provenance
        values = rewriter.add(copyOf: node, operands)
      }
      for (result, copy) in zip(node.results, values) { copies[result] = copy }
      return copies[value]!
    }

    /// (x − mean)·rstd·γ + β from what the norm has kept of each row.
    private mutating func normalised(
      _ x: [ValueID], mean: ValueID, rstd: ValueID
    ) throws(Diagnostic) -> ValueID {
      let type = rewriter.type(x[0])
      let rows = Array(0..<(type.rank - 1))
      func wide(_ value: ValueID, _ axes: [Int]) throws(Diagnostic) -> ValueID {
        try rewriter.add(.broadcast(Broadcast(shape: type.shape, axes: axes)), [value])
      }
      func binary(_ kind: Binary.Kind, _ a: ValueID, _ b: ValueID) throws(Diagnostic) -> ValueID {
        try rewriter.add(.binary(Binary(kind)), [a, b])
      }
      let centred = try binary(.sub, x[0], try wide(rewriter.value(for: mean), rows))
      let normal = try binary(.mul, centred, try wide(rewriter.value(for: rstd), rows))
      let scaled = try binary(.mul, normal, try wide(x[1], [rows.count]))
      return try binary(.add, scaled, try wide(x[2], [rows.count]))
    }
  }
}
