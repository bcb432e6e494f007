import Support
import TensorIR

extension OpTable {
  /// Fused layer norm and its gradient: they come after differentiation, so finite differences check only their equations.
  static let layerNorms: [OpRow] = [
    layerNormRow([3, 8]),
    layerNormRow([2, 3, 5], epsilon: 1e-12),
    layerNormRow([40]),
    layerNormRow([1, 1, 1]),
    layerNormRow([16, 50, 96]),
    layerNormRow([2, 50, 40]),
    layerNormRow([67, 33]),
    layerNormRow([130, 65]),
    layerNormRow([9, 3, 2, 768]),
  ].flatMap { $0 }

  private static func layerNormRow(_ shape: [Int], epsilon: Double = 1e-6) -> [OpRow] {
    let affine = [HarnessInput([shape.last!], .uniform(0.5, 1.5)), HarnessInput([shape.last!])]
    let x = HarnessInput(shape, .uniform(-1, 3))
    let op = LayerNorm(epsilon: epsilon)
    return [
      OpRow("layer_norm \(shape)", [x] + affine, differentiable: false) { (b, x) throws(Diagnostic) in
        try b.addAll(.layerNorm(op), x)
      },
      // Mean and deviation must belong to the rows, so the row runs the forward too.
      OpRow("layer_norm_gradient \(shape)", [x] + affine + [HarnessInput(shape)], differentiable: false) {
        (b, x) throws(Diagnostic) in
        let forward = try b.addAll(.layerNorm(op), Array(x.prefix(3)))
        return try b.addAll(.layerNormGradient(LayerNormGradient()), [x[0], forward[1], forward[2], x[1], x[3]])
      },
    ]
  }
}
