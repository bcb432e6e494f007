import Support

/// The adjoints of `attention` with respect to q, k and v: scores are recomputed from the saved log-sum-exp.
///
/// Operands: those of the attention, then its log-sum-exp `[B…,M]` and the adjoint of its output `[B…,M,E]` (of a
/// narrow one, this too in bf16 if it was rounded). Results: the adjoints of q, k and v, in their shapes; f32 of a narrow one.
public struct AttentionGradient: Operation {
  public var attention: Attention

  public init(_ attention: Attention) { self.attention = attention }

  init(_ reader: inout AttributeReader) throws(Diagnostic) { attention = try Attention(&reader) }

  public var mnemonic: String { "attention_gradient" }
  public var attributes: [Attribute] { attention.attributes }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: attention.inputCount + 2)
    let results = try attention.infer(Array(operands.prefix(attention.inputCount)))
    let (sums, adjoint) = (operands[attention.inputCount], operands[attention.inputCount + 1])
    if sums != results[1] { throw mismatch("log-sum-exp is \(sums), expected \(results[1])") }
    if adjoint != results[0] && !(attention.narrow && adjoint == results[0].with(.bf16)) {
      throw mismatch("adjoint is \(adjoint), expected \(results[0])")
    }
    return operands.prefix(3).map(Attention.wide)
  }

  /// Its equation in simpler operations.
  public func expand(_ x: [ValueID], into b: inout Builder) throws(Diagnostic) -> [ValueID] {
    let scores = try attention.scores(x, into: &b)
    let (sums, adjoint) = (x[attention.inputCount], x[attention.inputCount + 1])
    let shape = b.shape(scores)
    let rows = Array(0..<(shape.count - 1))
    let p = try b.unary(.exp, try b.binary(.sub, scores, try b.broadcast(sums, to: shape, axes: rows)))
    var used = p
    var dp = try attention.product(adjoint, x[2], transposeB: true, into: &b)
    if let dropout = attention.dropout {
      let seed = x[attention.inputCount - 1]
      used = try b.add(.dropout(dropout), [p, seed])
      dp = try b.add(.dropout(dropout), [dp, seed])
    }
    let delta = try b.reduce(.sum, try b.binary(.mul, dp, p), axes: [shape.count - 1])
    let centred = try b.binary(.sub, dp, try b.broadcast(delta, to: shape, axes: rows))
    let ds = try b.scale(try b.binary(.mul, p, centred), by: attention.scale)
    return [
      try attention.product(ds, x[1], into: &b), try attention.product(ds, x[0], transposeA: true, into: &b),
      try attention.product(used, adjoint, transposeA: true, into: &b),
    ]
  }
}
