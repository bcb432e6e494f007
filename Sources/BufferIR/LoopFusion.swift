import TensorIR

/// Chooses which values are computed inside the loops of their consumers: `f(g(x)) ⇒ (f ∘ g)(x)`.
///
/// A value is inlined if it is element-wise (or a view of such a value), every consumer is a loop, and either it has one
/// consumer or computing it again costs no more memory traffic than reading it back.
enum LoopFusion {
  static func inlinedValues(_ function: Function) -> [Bool] {
    let uses = function.uses()
    let definitions = function.definitions()
    var inlined = [Bool](repeating: false, count: function.valueCount)
    var kept = [Bool](repeating: false, count: function.valueCount)
    for result in function.results { kept[result.value.index] = true }
    for value in function.guards { kept[value.index] = true }
    // Users come after producers: walking backwards, each user's fate is known.
    for node in function.nodes.reversed() {
      guard node.results.count == 1, !kept[node.result.index] else { continue }
      let readers = uses[node.result.index]
      if readers.isEmpty { continue }
      let fits = readers.allSatisfy { accepts(function, function.nodes[$0], node) }
      if !fits { continue }
      switch node.op {
      case .unary(let op):
        inlined[node.result.index] =
          readers.count == 1 || (readers.count <= 3 && isCheap(op.kind) && isSmallRead(function, node, definitions))
      case .binary, .compare, .select, .convert, .stopGradient:
        inlined[node.result.index] =
          readers.count == 1 || (readers.count <= 3 && isSmallRead(function, node, definitions))
      case .dropout: inlined[node.result.index] = readers.count == 1
      case .gather(let op):
        inlined[node.result.index] = readers.count <= 3 && isRowRead(op, function, node, definitions)
      case .transpose, .slice, .broadcast, .reshape, .constant, .iota, .concat, .pad, .reduce, .matmul, .scatterAdd,
        .argsort, .argmax, .softmax, .logSumExp, .attention, .attentionGradient, .layerNorm, .layerNormGradient,
        .linearCrossEntropy, .linearCrossEntropyGradient:
        break
      }
    }
    return inlined
  }

  /// Whether a gather takes rows that are worth a loop's while from what stands in memory: reading them there takes no more
  /// than reading them back.
  private static func isRowRead(_ op: Gather, _ function: Function, _ node: Node, _ definitions: [Int?]) -> Bool {
    let width = function.type(of: node.operands[0]).shape.dropFirst(op.batchDims + 1).reduce(1, *)
    return width >= 8
      && node.operands.allSatisfy { operand in
        var value = operand
        while let definition = definitions[value.index] {
          switch function.nodes[definition].op {
          case .stopGradient, .transpose, .slice, .broadcast, .reshape: value = function.nodes[definition].operands[0]
          case .iota: return false
          case .constant(let constant):
            if case .dense = constant.value { return true }
            return false
          default: return true
          }
        }
        return true
      }
  }

  /// Whether a reader can compute the operand in its own loop.
  private static func accepts(_ function: Function, _ reader: Node, _ node: Node) -> Bool {
    switch reader.op {
    case .unary, .binary, .compare, .select, .convert, .reduce, .logSumExp, .softmax: true
    case .dropout: reader.operands[0] == node.result
    case .matmul, .linearCrossEntropy, .linearCrossEntropyGradient: isRoundedArgument(function, node)
    case .constant, .iota, .transpose, .slice, .broadcast, .reshape, .concat, .pad, .gather, .scatterAdd,
      .argsort, .stopGradient,
      .attention, .attentionGradient, .layerNorm, .layerNormGradient, .argmax:
      false
    }
  }

  /// Whether the value is an argument rounded to bf16: products round it as they pack it.
  private static func isRoundedArgument(_ function: Function, _ node: Node) -> Bool {
    guard case .convert = node.op, node.operands[0].index < function.arguments.count else { return false }
    return function.type(of: node.result).element == .bf16 && function.type(of: node.operands[0]).element == .f32
  }

  private static func isCheap(_ kind: Unary.Kind) -> Bool {
    switch kind.expense {
    case .simple, .root: true
    case .reciprocalRoot, .transcendental, .composite: false
    }
  }

  /// Whether computing it again reads no more memory than loading it back would.
  private static func isSmallRead(_ function: Function, _ node: Node, _ definitions: [Int?]) -> Bool {
    node.operands.reduce(0) { $0 + readBytes(function, $1, definitions) } <= function.type(of: node.result).byteCount
  }

  /// Bytes that reading a value takes: none for a splat or an index, the source's for a broadcast.
  private static func readBytes(_ function: Function, _ value: ValueID, _ definitions: [Int?]) -> Int {
    guard let index = definitions[value.index] else { return function.type(of: value).byteCount }
    let node = function.nodes[index]
    switch node.op {
    case .broadcast: return readBytes(function, node.operands[0], definitions)
    case .iota: return 0
    case .constant(let constant):
      if case .splat = constant.value { return 0 }
      return constant.type.byteCount
    default: return function.type(of: value).byteCount
    }
  }
}
