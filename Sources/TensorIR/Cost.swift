/// Floating-point operations, by the convention users compare with: products only, a multiply-add counted as two.
public enum Cost {
  /// FLOPs of one node.
  public static func flops(_ op: Op, operands: [TensorType], results: [TensorType]) -> Double {
    switch op {
    case .matmul(let matmul):
      let a = operands[0].shape
      return 2 * Double(results[0].count) * Double(matmul.transposeA ? a[a.count - 2] : a[a.count - 1])
    case .attention: return attention(operands)
    // The scores are computed again, and each product has two adjoints.
    case .attentionGradient: return 2 * attention(operands) + scores(operands)
    case .linearCrossEntropy: return logits(operands)
    case .linearCrossEntropyGradient(let op):
      return logits(operands) * Double(1 + (op.givesInput ? 1 : 0) + (op.givesMatrix ? 1 : 0))
    default: return 0
    }
  }

  /// q·kᵀ.
  private static func scores(_ x: [TensorType]) -> Double {
    2 * Double(x[0].count) * Double(x[1].shape[x[1].rank - 2])
  }

  private static func attention(_ x: [TensorType]) -> Double {
    scores(x) * (1 + Double(x[2].shape.last!) / Double(x[0].shape.last!))
  }

  /// h·Wᵀ.
  private static func logits(_ x: [TensorType]) -> Double { 2 * Double(x[0].count) * Double(x[1].shape[0]) }

  /// FLOPs of all nodes of a function.
  public static func flops(_ function: Function) -> Double {
    function.nodes.reduce(0) { total, node in
      total
        + flops(
          node.op, operands: node.operands.map { function.type(of: $0) },
          results: node.results.map { function.type(of: $0) })
    }
  }
}
