import Support
import TensorIR

/// One walk over a function's nodes from last to first that appends the adjoint of each node on a path from an argument
/// to the loss.
enum ReverseSweep {
  /// Called once per argument, as soon as nothing more will be added to its gradient.
  typealias Completion = (inout Builder, _ argument: ValueID, _ gradient: ValueID) throws(Diagnostic) -> Void

  /// `cotangent` is the derivative of what is wanted with respect to `loss`, of the same type.
  static func run(
    _ b: inout Builder, loss: ValueID, cotangent: ValueID, withRespectTo arguments: [ValueID], completion: Completion
  ) throws(Diagnostic) {
    let nodes = b.function.nodes
    let outside = b.provenance
    let active = activeValues(b.function, loss: loss, arguments: arguments)
    var cotangents = [ValueID?](repeating: nil, count: b.function.valueCount)
    cotangents[loss.index] = cotangent
    let completed = completionPoints(b.function, active: active, arguments: arguments)
    for (index, node) in nodes.enumerated().reversed() {
      b.provenance = node.provenance
      if let other = node.results.dropFirst().firstIndex(where: { active[$0.index] && cotangents[$0.index] != nil }) {
        throw Diagnostic(
          .badData,
          "\(node.op.mnemonic) has no derivative of its result number \(other + 1), and the loss depends on it",
          notes: node.provenance.layer.isEmpty ? [] : ["layer: \(node.provenance.layer)"])
      }
      if active[node.result.index], let g = cotangents[node.result.index] {
        let site = AdjointSite(node: node, cotangent: g, wanted: node.operands.map { active[$0.index] })
        switch try adjoint(of: node.op, site, &b) {
        case .notDifferentiable:
          throw Diagnostic(
            .badData, "\(node.op.mnemonic) has no derivative, and the loss depends on it",
            notes: node.provenance.layer.isEmpty ? [] : ["layer: \(node.provenance.layer)"])
        case .operands(let contributions):
          for (operand, contribution) in zip(node.operands, contributions) {
            guard let contribution, active[operand.index] else { continue }
            cotangents[operand.index] =
              if let sum = cotangents[operand.index] { try b.binary(.add, sum, contribution) } else { contribution }
          }
        }
      }
      for argument in completed[index] {
        try complete(argument, cotangents, &b, completion)
      }
    }
    b.provenance = outside
    let used = Set(completed.joined())
    for argument in arguments where !used.contains(argument) { try complete(argument, cotangents, &b, completion) }
  }

  /// Hands over the gradient, zeros if nothing contributed to it.
  private static func complete(
    _ argument: ValueID, _ cotangents: [ValueID?], _ b: inout Builder, _ completion: Completion
  ) throws(Diagnostic) {
    if let gradient = cotangents[argument.index] { return try completion(&b, argument, gradient) }
    try completion(&b, argument, try b.splat(0, b.type(argument)))
  }

  /// Values through which some argument reaches the loss smoothly.
  private static func activeValues(_ function: Function, loss: ValueID, arguments: [ValueID]) -> [Bool] {
    var varied = [Bool](repeating: false, count: function.valueCount)
    for argument in arguments { varied[argument.index] = true }
    for node in function.nodes where passesGradients(node.op) && node.operands.contains(where: { varied[$0.index] }) {
      for result in node.results where function.type(of: result).element.isFloat { varied[result.index] = true }
    }
    var useful = [Bool](repeating: false, count: function.valueCount)
    useful[loss.index] = true
    for node in function.nodes.reversed() where node.results.contains(where: { useful[$0.index] && varied[$0.index] }) {
      for operand in node.operands { useful[operand.index] = true }
    }
    return zip(varied, useful).map { $0 && $1 }
  }

  /// For each node the arguments none of whose uses on the way to the loss come before it.
  private static func completionPoints(_ function: Function, active: [Bool], arguments: [ValueID]) -> [[ValueID]] {
    var pending = Set(arguments)
    var points = [[ValueID]](repeating: [], count: function.nodes.count)
    for (index, node) in function.nodes.enumerated() where node.results.contains(where: { active[$0.index] }) {
      for operand in node.operands where pending.remove(operand) != nil { points[index].append(operand) }
    }
    return points
  }
}
