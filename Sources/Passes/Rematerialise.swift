// v kept from forward to backward, and a few element-wise operations of what is kept anyway
//   ⇒  v computed again where the backward first reads it

import Support
import TensorIR

extension Pass {
  /// Computes again in the backward what costs next to nothing there: activations from what stands before them, normalised
  /// rows from the rows and their means. In loops that read the same values it is a store more.
  public static let rematerialise = Pass(
    name: "rematerialise", summary: "compute activations and normalised rows again in the backward, from what it reads",
    level: 2,
    parameters: [.init("bytes", "the smallest values that are worth it", initial: RecomputePlan.smallest)]
  ) { (function, context) throws(Diagnostic) in
    let plan = RecomputePlan(cheap: function, smallest: context.argument("bytes"))
    var accepted: [RecomputePlan.Choice] = []
    for choice in plan.choices {
      let node = function.nodes[choice.node]
      let fires = context.fire(
        "kept value computed again", at: node.provenance, "\(node.op.mnemonic), \(choice.bytes) bytes")
      if !fires { break }
      accepted.append(choice)
    }
    return accepted.isEmpty ? function : try plan.applied(accepted)
  }
}

extension RecomputePlan {
  /// Scalar operations per element that are few: those of an activation.
  private static let cheapest = 24.0
  private static let fewest = 24
  /// How many nodes earlier a value may have been read for the last time that must now be kept for a choice.
  private static let patience = 48

  /// Only choices that are worth it whatever memory there is.
  public init(cheap function: Function, smallest: Int = Self.smallest) {
    self.init(keeping: function)
    let uses = backwardUses()
    let costs = function.nodes.map { RecomputeCost($0, function) }
    var dropped = [Bool](repeating: false, count: function.valueCount)
    for value in candidates(ofAtLeast: smallest) {
      // What has been rounded is kept as it was rounded.
      if let narrow = narrower(ValueID(value)) { kept[narrow.index] = true }
      guard let nodes = copies(for: value, dropped), nodes.count <= Self.fewest else { continue }
      let bytes = function.type(of: ValueID(value)).byteCount
      let operations = nodes.reduce(0) { $0 + costs[$1].operations }
      guard nodes.allSatisfy({ Self.isElementwise(function.nodes[$0].op) }),
        operations <= Self.cheapest * Double(function.type(of: ValueID(value)).count),
        !lengthensLives(value, nodes, uses)
      else { continue }
      dropped[value] = true
      choices.append(
        Choice(value: ValueID(value), node: definitions[value]!, bytes: bytes, operations: operations, productFLOPs: 0))
    }
  }

  /// The value of a narrower type that a value has been widened from.
  private func narrower(_ value: ValueID) -> ValueID? {
    let node = function.nodes[definitions[value.index]!]
    guard case .convert = node.op else { return nil }
    var source = node.operands[0]
    while let definition = definitions[source.index], isView(definition),
      let operand = function.nodes[definition].operands.first
    {
      source = operand
    }
    let isNarrow = function.type(of: source).byteCount * 2 <= function.type(of: value).byteCount
    return isNarrow && definitions[source.index] != nil ? source : nil
  }

  /// The first and the last node of the backward that read each value, directly or through views.
  private func backwardUses() -> [ClosedRange<Int>?] {
    var uses = [ClosedRange<Int>?](repeating: nil, count: function.valueCount)
    func use(_ value: ValueID, at place: Int) {
      uses[value.index] = uses[value.index].map { $0.lowerBound...place } ?? place...place
      guard let node = definitions[value.index], isForward[node], isView(node) else { return }
      for operand in function.nodes[node].operands { use(operand, at: place) }
    }
    for (index, node) in function.nodes.enumerated() where !isForward[index] {
      for operand in node.operands { use(operand, at: index) }
    }
    return uses
  }

  /// Whether something large that is read to make the value again could be given up long before.
  private func lengthensLives(_ value: Int, _ nodes: [Int], _ uses: [ClosedRange<Int>?]) -> Bool {
    guard let first = uses[value]?.lowerBound else { return true }
    let bytes = function.type(of: ValueID(value)).byteCount
    return nodes.flatMap { function.nodes[$0].operands }.contains { operand in
      guard let definition = definitions[operand.index], kept[operand.index], operand.index != value,
        !nodes.contains(definition), function.type(of: operand).byteCount * 4 > bytes,
        let last = uses[operand.index]?.upperBound
      else { return false }
      return last < first - Self.patience
    }
  }

  private static func isElementwise(_ op: Op) -> Bool {
    if case .dropout = op { return true }
    if case .layerNorm = op { return true }
    return op.traits.isFree || op.traits.isElementwise
  }
}
