import TensorIR

/// Which values a function keeps from its forward part for its backward part, in the order in which it is worth computing
/// them again, and the function that does.
///
/// The forward part is what the loss depends on. A kept value that is dropped is computed again by copies of the nodes
/// behind it, from other kept values and the arguments, placed before the first node of the backward that reads it.
public struct RecomputePlan {
  /// A value that may be dropped.
  public struct Choice: Hashable, Sendable {
    public let value: ValueID
    /// The node that computes it.
    public let node: Int
    /// The memory it takes.
    public let bytes: Int
    /// Scalar operations that computing it again takes beyond those of the choices before it.
    public let operations: Double
    /// Those of them in products, a multiply-add counted as two.
    public let productFLOPs: Double
  }

  public let function: Function
  /// Cheapest first: operations per byte, given the choices before. Of cheap choices only: in the function's order.
  public internal(set) var choices: [Choice] = []

  let definitions: [Int?]
  let isForward: [Bool]
  /// Values with memory of their own that the backward reads, directly or through views.
  var kept: [Bool]

  /// Values behind more nodes than this are not computed again: it bounds how far back a copy reaches.
  private static let deepest = 96
  public static let smallest = 4096

  /// Without a guard and a result `loss`, or without a backward, there is nothing to choose.
  public init(_ function: Function) {
    self.init(keeping: function)
    choose()
  }

  /// No choices yet.
  init(keeping function: Function) {
    self.function = function
    definitions = function.definitions()
    isForward = function.ancestors(of: function.losses)
    kept = [Bool](repeating: false, count: function.valueCount)
    for (index, node) in function.nodes.enumerated() where !isForward[index] {
      for operand in node.operands { keep(operand) }
    }
  }

  func isView(_ node: Int) -> Bool { function.nodes[node].op.traits.isFree }

  private mutating func keep(_ value: ValueID) {
    guard let node = definitions[value.index], isForward[node] else { return }
    if isView(node) {
      for operand in function.nodes[node].operands { keep(operand) }
    } else {
      kept[value.index] = true
    }
  }

  // MARK: Choosing

  /// The values that could be dropped, in their order. What a norm keeps of each row stays: its normalised rows are made
  /// of them again.
  func candidates(ofAtLeast smallest: Int) -> [Int] {
    let results = Set(function.results.map(\.value) + function.guards)
    let exact = exactlyRead()
    return kept.indices.filter { value in
      guard kept[value], !exact[value], !results.contains(ValueID(value)),
        function.type(of: ValueID(value)).byteCount >= smallest
      else { return false }
      let node = function.nodes[definitions[value]!]
      if case .layerNorm = node.op { return node.results[0].index == value }
      return true
    }
  }

  /// The values whose every bit matters in the backward, where they are compared with others: made again in another loop
  /// they may be rounded otherwise, and the largest of a row would no longer be equal to itself.
  private func exactlyRead() -> [Bool] {
    var result = [Bool](repeating: false, count: function.valueCount)
    func mark(_ value: ValueID) {
      result[value.index] = true
      guard let node = definitions[value.index], isView(node) else { return }
      function.nodes[node].operands.forEach(mark)
    }
    for (index, node) in function.nodes.enumerated() where !isForward[index] && Self.isDiscontinuous(node, function) {
      node.operands.forEach(mark)
    }
    return result
  }

  /// Whether a change of the last bit of an operand can change a result by much.
  static func isDiscontinuous(_ node: Node, _ function: Function) -> Bool {
    switch node.op {
    case .compare, .argsort, .argmax: true
    case .unary(let op): op.kind == .sign
    case .convert(let op): !op.element.isFloat && function.type(of: node.operands[0]).element.isFloat
    case .constant, .iota, .binary, .select, .broadcast, .reshape, .transpose, .slice, .pad, .concat, .reduce, .matmul,
      .gather, .scatterAdd, .softmax, .logSumExp, .dropout, .stopGradient, .attention, .attentionGradient, .layerNorm,
      .layerNormGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
      false
    }
  }

  private mutating func choose() {
    var open = candidates(ofAtLeast: Self.smallest)
    let costs = function.nodes.map { RecomputeCost($0, function) }
    var dropped = [Bool](repeating: false, count: function.valueCount)
    var copied = [Bool](repeating: false, count: function.nodes.count)
    while true {
      var best: (place: Int, choice: Choice, price: Double, nodes: [Int])?
      for (place, value) in open.enumerated() {
        guard let nodes = copies(for: value, dropped) else { continue }
        let new = nodes.filter { !copied[$0] }
        let bytes = function.type(of: ValueID(value)).byteCount
        let operations = new.reduce(0) { $0 + costs[$1].operations }
        let price = operations / Double(bytes)
        if let best, best.price <= price { continue }
        let products = new.reduce(0) { $0 + costs[$1].productFLOPs }
        let choice = Choice(
          value: ValueID(value), node: definitions[value]!, bytes: bytes, operations: operations,
          productFLOPs: products)
        best = (place, choice, price, new)
      }
      guard let best else { return }
      choices.append(best.choice)
      dropped[best.choice.value.index] = true
      for node in best.nodes { copied[node] = true }
      open.remove(at: best.place)
    }
  }

  /// Whether a value of the forward would be copied, not read.
  private func isMadeAgain(_ operand: ValueID, _ value: Int, _ dropped: [Bool]) -> Bool {
    guard let definition = definitions[operand.index] else { return false }
    if isView(definition) {
      return function.nodes[definition].operands.contains { isMadeAgain($0, value, dropped) }
    }
    return !kept[operand.index] || dropped[operand.index] || operand.index == value
  }

  /// The nodes to copy if `value` is dropped too; nil if they are too many.
  func copies(for value: Int, _ dropped: [Bool]) -> [Int]? {
    var found: [Int] = []
    var seen = Set<Int>()
    var stack = [definitions[value]!]
    while let node = stack.popLast() {
      if !seen.insert(node).inserted { continue }
      found.append(node)
      if Self.isDiscontinuous(function.nodes[node], function)
        && function.nodes[node].operands.contains(where: { isMadeAgain($0, value, dropped) })
      {
        return nil
      }
      if found.count > Self.deepest { return nil }
      for operand in function.nodes[node].operands {
        guard let definition = definitions[operand.index] else { continue }
        if kept[operand.index] && !dropped[operand.index] && operand.index != value { continue }
        stack.append(definition)
      }
    }
    return found
  }
}
