import Support

/// out = dropout(softmax(scale·q·kᵀ + bias))·v, with the log-sum-exp of each row of scores kept for the backward.
///
/// Operands: q `[B…,M,D]`, k `[B…,N,D]`, v `[B…,N,E]`, then bias `[B…,M,N]` if `hasBias`, then the seed (i64 scalar) if
/// `dropout` is set. Results: out `[B…,M,E]`, log-sum-exp `[B…,M]`. Dropout's element index runs over `[B…,M,N]`.
public struct Attention: Operation {
  public var scale: Double
  public var hasBias: Bool
  public var dropout: Dropout?

  public init(scale: Double, hasBias: Bool, dropout: Dropout?) {
    self.scale = scale
    self.hasBias = hasBias
    self.dropout = dropout
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    scale = try reader.real("scale")
    hasBias = try reader.flag("bias")
    dropout = nil
    if case let rate? = reader.take("rate") {
      var inner = AttributeReader([Attribute("rate", rate)], resultTypes: [])
      dropout = Dropout(rate: try inner.real("rate"), stream: try reader.integer("stream"))
    }
  }

  public var mnemonic: String { "attention" }
  public var attributes: [Attribute] {
    [Attribute("scale", .real(scale))] + (hasBias ? [Attribute("bias", .bool(true))] : []) + (dropout?.attributes ?? [])
  }

  /// The number of operands before those of the gradient.
  public var inputCount: Int { 3 + (hasBias ? 1 : 0) + (dropout == nil ? 0 : 1) }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: inputCount)
    let (q, k, v) = (operands[0], operands[1], operands[2])
    let scores = try Matmul(transposeB: true).infer([q, k])[0]
    if hasBias && operands[3] != scores { throw mismatch("bias is \(operands[3]), expected \(scores)") }
    if let dropout { _ = try dropout.infer([scores, operands[inputCount - 1]]) }
    let out = try Matmul().infer([scores, v])[0]
    return [out, TensorType(scores.element, scores.shape.dropLast())]
  }

  /// Its equation in simpler operations.
  public func expand(_ x: [ValueID], into b: inout Builder) throws(Diagnostic) -> [ValueID] {
    let scores = try scores(x, into: &b)
    var p = try b.add(.softmax(Softmax()), [scores])
    if let dropout { p = try b.add(.dropout(dropout), [p, x[inputCount - 1]]) }
    return [try b.matmul(p, x[2]), try b.add(.logSumExp(LogSumExp()), [scores])]
  }

  /// scale·q·kᵀ + bias.
  func scores(_ x: [ValueID], into b: inout Builder) throws(Diagnostic) -> ValueID {
    let scores = try b.scale(try b.matmul(x[0], x[1], transposeB: true), by: scale)
    return hasBias ? try b.binary(.add, scores, x[3]) : scores
  }
}
