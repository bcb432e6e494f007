extension Function {
  /// For each node whether any of the values depends on it: reverse marking from the values to the arguments.
  public func ancestors(of values: [ValueID]) -> [Bool] {
    var needed = [Bool](repeating: false, count: valueCount)
    for value in values { needed[value.index] = true }
    var result = [Bool](repeating: false, count: nodes.count)
    for (index, node) in nodes.enumerated().reversed() where node.results.contains(where: { needed[$0.index] }) {
      result[index] = true
      for operand in node.operands { needed[operand.index] = true }
    }
    return result
  }

  /// The values that the forward part computes: the loss; where no result has that role, what is guarded, or a result
  /// named `loss`.
  public var losses: [ValueID] {
    let losses = results.filter { $0.role == .loss }.map(\.value)
    if !losses.isEmpty { return losses }
    return guards.isEmpty ? results.filter { $0.name == "loss" }.map(\.value) : guards
  }
}
