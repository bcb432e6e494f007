/// Floating-point operations, by the convention users compare with: products only, a multiply-add counted as two.
public enum Cost {
  /// FLOPs of one node.
  public static func flops(_ op: Op, operands: [TensorType], results: [TensorType]) -> Double {
    guard case .matmul(let matmul) = op else { return 0 }
    let a = operands[0].shape
    let inner = matmul.transposeA ? a[a.count - 2] : a[a.count - 1]
    return 2 * Double(results[0].count) * Double(inner)
  }

  /// FLOPs of all nodes of a function.
  public static func flops(_ function: Function) -> Double {
    function.nodes.reduce(0) { total, node in
      total
        + flops(
          node.op, operands: node.operands.map { function.type(of: $0) }, results: node.results.map { function.type(of: $0) })
    }
  }
}
