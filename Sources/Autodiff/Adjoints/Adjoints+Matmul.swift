import Support
import TensorIR

extension ReverseSweep {
  /// C = A′B′, where A′ is A or Aᵀ: dA′ = g·B′ᵀ and dB′ = A′ᵀ·g. The transposes become flags, so nothing is moved.
  /// The cotangent of a wide product is rounded to the operands' type first.
  static func matmul(_ op: Matmul, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> [ValueID?] {
    let (left, right) = (site.operands[0], site.operands[1])
    let g = try b.convert(site.cotangent, to: b.type(left).element)
    var adjoints: [ValueID?] = [nil, nil]
    if site.wanted[0] {
      adjoints[0] =
        op.transposeA
        ? try b.matmul(right, g, transposeA: op.transposeB, transposeB: true)
        : try b.matmul(g, right, transposeB: !op.transposeB)
    }
    if site.wanted[1] {
      adjoints[1] =
        op.transposeB
        ? try b.matmul(g, left, transposeA: true, transposeB: op.transposeA)
        : try b.matmul(left, g, transposeA: !op.transposeA)
    }
    return adjoints
  }
}
