import Support
import TensorIR

/// The bf16 behind values that are views, or rows, of bf16 that has been widened: the same views of it, each made once.
struct RoundedValues {
  private let graph: GraphIndex
  private var made: [ValueID: ValueID] = [:]

  init(_ graph: GraphIndex) { self.graph = graph }

  /// The bf16 that a rounded value was widened from.
  mutating func value(_ source: ValueID, _ rewriter: inout Rewriter) throws(Diagnostic) -> ValueID {
    if let known = made[source] { return known }
    guard let node = graph.definition(source)?.node else {
      throw Diagnostic(.compilerBug, "a rounded value has no definition")
    }
    let result: ValueID
    if case .convert = node.op {
      result = rewriter.value(for: node.operands[0])
    } else {
      let outside = rewriter.provenance
      rewriter.provenance = node.provenance
      defer { rewriter.provenance = outside }
      let others = node.operands.dropFirst().map { rewriter.value(for: $0) }
      result = try rewriter.add(node.op, [try value(node.operands[0], &rewriter)] + others)
    }
    made[source] = result
    return result
  }

  /// The operands of a fused attention: q, k and v in bf16 if it is narrow.
  mutating func inputs(_ match: AttentionMatch, _ rewriter: inout Rewriter) throws(Diagnostic) -> [ValueID] {
    var result = match.inputs.map { rewriter.value(for: $0) }
    if match.op.narrow {
      for index in 0..<3 { result[index] = try value(match.inputs[index], &rewriter) }
    }
    return result
  }
}
