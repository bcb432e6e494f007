import Support

/// out = dropout(softmax(scale·q·kᵀ + bias))·v, with the log-sum-exp of each row of scores kept for the backward.
///
/// Operands: q `[B…,M,D]`, k `[B…,N,D]`, v `[B…,N,E]`, then bias `[B…,M,N]` if `hasBias`, then the seed (i64 scalar) if
/// `dropout` is set. Results: out `[B…,M,E]`, log-sum-exp `[B…,M]`. Dropout's element index runs over `[B…,M,N]`.
/// With `narrow` the operands of its products, forward and backward, are bf16: q, k and v are given in it, the others are
/// rounded to it. Sums and results stay f32.
public struct Attention: Operation {
  public var scale: Double
  public var hasBias: Bool
  public var dropout: Dropout?
  public var narrow: Bool

  public init(scale: Double, hasBias: Bool, dropout: Dropout?, narrow: Bool = false) {
    self.narrow = narrow
    self.scale = scale
    self.hasBias = hasBias
    self.dropout = dropout
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    scale = try reader.real("scale")
    hasBias = try reader.flag("bias")
    narrow = try reader.flag("narrow")
    dropout = nil
    if case let rate? = reader.take("rate") {
      var inner = AttributeReader([Attribute("rate", rate)], resultTypes: [])
      dropout = Dropout(rate: try inner.real("rate"), stream: try reader.integer("stream"))
    }
  }

  public var mnemonic: String { "attention" }
  public var attributes: [Attribute] {
    [Attribute("scale", .real(scale))] + (hasBias ? [Attribute("bias", .bool(true))] : [])
      + (narrow ? [Attribute("narrow", .bool(true))] : []) + (dropout?.attributes ?? [])
  }

  /// The number of operands before those of the gradient.
  public var inputCount: Int { 3 + (hasBias ? 1 : 0) + (dropout == nil ? 0 : 1) }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: inputCount)
    if let other = operands.prefix(3).first(where: { ($0.element == .bf16) != narrow }) {
      throw mismatch(
        "q, k and v are \(narrow ? "bf16 in a narrow one" : "not bf16 unless it is narrow"), found \(other)")
    }
    let (q, k, v) = (Self.wide(operands[0]), Self.wide(operands[1]), Self.wide(operands[2]))
    let scores = try Matmul(transposeB: true).infer([q, k])[0]
    if hasBias && operands[3] != scores { throw mismatch("bias is \(operands[3]), expected \(scores)") }
    if let dropout { _ = try dropout.infer([scores, operands[inputCount - 1]]) }
    let out = try Matmul().infer([scores, v])[0]
    return [out, TensorType(scores.element, scores.shape.dropLast())]
  }

  /// The type that sums of a tensor's products have.
  public static func wide(_ type: TensorType) -> TensorType { type.element == .bf16 ? type.with(.f32) : type }

  /// Its equation in simpler operations.
  public func expand(_ x: [ValueID], into b: inout Builder) throws(Diagnostic) -> [ValueID] {
    let scores = try scores(x, into: &b)
    var p = try b.add(.softmax(Softmax()), [scores])
    if let dropout { p = try b.add(.dropout(dropout), [p, x[inputCount - 1]]) }
    return [try product(p, x[2], into: &b), try b.add(.logSumExp(LogSumExp()), [scores])]
  }

  /// scale·q·kᵀ + bias.
  func scores(_ x: [ValueID], into b: inout Builder) throws(Diagnostic) -> ValueID {
    let scores = try b.scale(try product(x[0], x[1], transposeB: true, into: &b), by: scale)
    return hasBias ? try b.binary(.add, scores, x[3]) : scores
  }

  /// One of its products.
  func product(
    _ x: ValueID, _ y: ValueID, transposeA: Bool = false, transposeB: Bool = false, into b: inout Builder
  ) throws(Diagnostic) -> ValueID {
    let op = Matmul(transposeA: transposeA, transposeB: transposeB, wide: narrow)
    func operand(_ value: ValueID) throws(Diagnostic) -> ValueID { narrow ? try b.convert(value, to: .bf16) : value }
    return try b.add(.matmul(op), [try operand(x), try operand(y)])
  }
}
