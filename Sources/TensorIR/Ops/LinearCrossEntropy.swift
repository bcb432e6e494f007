import Support

/// loss = w·(log Σ exp(logits) − logits[label]) for each row of logits = h·Wᵀ + b, of which only a few rows are in memory
/// at a time.
///
/// Operands: h `[R,K]`, W `[V,K]`, labels `[R]` (integers; one outside `0 ..< V` chooses nothing: 0), then b `[V]` if
/// `hasBias`, then w `[R]` if `hasWeights`. Results: loss `[R]`, then if `givesArgmax` the index of each row's largest
/// logit, i32 `[R]`. Of a row whose weight is 0 nothing is computed: its loss is 0. h and W may be bf16: the sums of their
/// products, and everything else, are f32.
public struct LinearCrossEntropy: Operation {
  public var hasBias: Bool
  public var hasWeights: Bool
  public var givesArgmax: Bool

  public init(hasBias: Bool, hasWeights: Bool, givesArgmax: Bool = false) {
    self.hasBias = hasBias
    self.hasWeights = hasWeights
    self.givesArgmax = givesArgmax
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    hasBias = try reader.flag("bias")
    hasWeights = try reader.flag("weights")
    givesArgmax = try reader.flag("argmax")
  }

  public var mnemonic: String { "linear_cross_entropy" }
  public var attributes: [Attribute] {
    [("bias", hasBias), ("weights", hasWeights), ("argmax", givesArgmax)].filter(\.1).map {
      Attribute($0.0, .bool(true))
    }
  }

  /// The number of operands before that of the gradient.
  public var inputCount: Int { 3 + (hasBias ? 1 : 0) + (hasWeights ? 1 : 0) }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: inputCount)
    let logits = try Matmul(transposeB: true, wide: isNarrow(operands[0])).infer(Array(operands.prefix(2)))[0]
    if logits.rank != 2 { throw mismatch("takes matrices, found \(operands[0]) and \(operands[1])") }
    let rows = TensorType(logits.element, [logits.shape[0]])
    if !operands[2].element.isInteger || operands[2].shape != rows.shape {
      throw mismatch("labels are \(operands[2]), expected \(rows.with(.i32))")
    }
    if hasBias && operands[3] != TensorType(logits.element, [logits.shape[1]]) {
      throw mismatch("bias is \(operands[3]), expected \(TensorType(logits.element, [logits.shape[1]]))")
    }
    if hasWeights && operands[inputCount - 1] != rows {
      throw mismatch("weights are \(operands[inputCount - 1]), expected \(rows)")
    }
    if givesArgmax && hasWeights { throw mismatch("rows that are left out have no largest logit") }
    return [rows] + (givesArgmax ? [rows.with(.i32)] : [])
  }

  /// Whether the products are of bf16.
  public func isNarrow(_ input: TensorType) -> Bool { input.element == .bf16 }

  /// Its equation in simpler operations.
  public func expand(_ x: [ValueID], into b: inout Builder) throws(Diagnostic) -> [ValueID] {
    let parts = try parts(x, into: &b)
    return [parts.loss] + (givesArgmax ? [try b.add(.argmax(Argmax()), [parts.logits])] : [])
  }

  /// What the equation goes through.
  struct Parts {
    var logits: ValueID
    /// Where the class is the label, `[R,V]`.
    var hit: ValueID
    /// Times the weights.
    var loss: ValueID
  }

  func parts(_ x: [ValueID], into b: inout Builder) throws(Diagnostic) -> Parts {
    let product = Matmul(transposeB: true, wide: isNarrow(b.type(x[0])))
    var logits = try b.add(.matmul(product), [x[0], x[1]])
    let type = b.type(logits)
    if hasBias { logits = try b.binary(.add, logits, try b.broadcast(x[3], to: type.shape, axes: [1])) }
    let classes = try b.add(.iota(Iota(axis: 1, type.with(b.type(x[2]).element))), [])
    let hit = try b.compare(.eq, classes, try b.broadcast(x[2], to: type.shape, axes: [0]))
    let chosen = try b.reduce(.sum, try b.select(hit, logits, try b.splat(0, type)), axes: [1])
    var loss = try b.binary(.sub, try b.add(.logSumExp(LogSumExp()), [logits]), chosen)
    if hasWeights { loss = try b.binary(.mul, loss, x[inputCount - 1]) }
    return Parts(logits: logits, hit: hit, loss: loss)
  }
}
