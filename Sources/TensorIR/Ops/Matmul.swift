import Support

/// Product of the last two axes, `[…,M,K] × […,K,N] → […,M,N]`; the axes before them are equal batch axes.
/// A transposed operand is read as `[…,K,M]` or `[…,N,K]`. The result has the operands' type; a `wide` product of bf16
/// gives its f32 sums as they are.
public struct Matmul: Operation {
  public var transposeA: Bool
  public var transposeB: Bool
  public var wide: Bool

  public init(transposeA: Bool = false, transposeB: Bool = false, wide: Bool = false) {
    self.transposeA = transposeA
    self.transposeB = transposeB
    self.wide = wide
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    transposeA = try reader.flag("transpose_a")
    transposeB = try reader.flag("transpose_b")
    wide = try reader.flag("wide")
  }

  public var mnemonic: String { "matmul" }
  public var attributes: [Attribute] {
    (transposeA ? [Attribute("transpose_a", .bool(true))] : [])
      + (transposeB ? [Attribute("transpose_b", .bool(true))] : []) + (wide ? [Attribute("wide", .bool(true))] : [])
  }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 2)
    let (a, b) = (operands[0], operands[1])
    if a.element != b.element || !a.element.isFloat {
      throw mismatch("takes two of one float type, found \(a) and \(b)")
    }
    if wide && a.element != .bf16 { throw mismatch("gives wide sums of bf16 only, found \(a) and \(b)") }
    if a.rank < 2 || a.rank != b.rank { throw mismatch("takes two of one rank of at least 2, found \(a) and \(b)") }
    if a.shape.dropLast(2) != b.shape.dropLast(2) { throw mismatch("batch axes differ: \(a) and \(b)") }
    let (m, ka) = transposeA ? (a.shape[a.rank - 1], a.shape[a.rank - 2]) : (a.shape[a.rank - 2], a.shape[a.rank - 1])
    let (kb, n) = transposeB ? (b.shape[b.rank - 1], b.shape[b.rank - 2]) : (b.shape[b.rank - 2], b.shape[b.rank - 1])
    if ka != kb { throw mismatch("inner sizes differ: \(ka) of \(a) and \(kb) of \(b)") }
    return [TensorType(wide ? .f32 : a.element, a.shape.dropLast(2) + [m, n])]
  }
}
