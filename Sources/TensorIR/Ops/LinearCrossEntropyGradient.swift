import Support

/// The loss of `linear_cross_entropy` and its adjoints in one pass over the logits: with g the adjoint of the loss,
/// d logits = g·w·(softmax(logits) − onehot(label)), dh = d logits·W, dW = d logitsᵀ·h, db = Σ d logits.
///
/// Operands: those of `linear_cross_entropy`, then g `[R]`. Results: loss `[R]`, then those wanted of dh `[R,K]`,
/// dW `[V,K]` and db `[V]`. Of a row whose weight is 0 nothing is computed: it adds nothing. Where h and W are bf16 the
/// products of d logits round it to bf16; all results are f32.
public struct LinearCrossEntropyGradient: Operation {
  public var hasBias: Bool
  public var hasWeights: Bool
  /// Which adjoints are results.
  public var givesInput: Bool
  public var givesMatrix: Bool
  public var givesBias: Bool

  public init(hasBias: Bool, hasWeights: Bool, givesInput: Bool = true, givesMatrix: Bool = true, givesBias: Bool) {
    self.hasBias = hasBias
    self.hasWeights = hasWeights
    self.givesInput = givesInput
    self.givesMatrix = givesMatrix
    self.givesBias = givesBias
  }

  init(_ reader: inout AttributeReader) throws(Diagnostic) {
    hasBias = try reader.flag("bias")
    hasWeights = try reader.flag("weights")
    givesInput = try reader.flag("input_adjoint")
    givesMatrix = try reader.flag("matrix_adjoint")
    givesBias = try reader.flag("bias_adjoint")
  }

  public var mnemonic: String { "linear_cross_entropy_gradient" }
  public var attributes: [Attribute] {
    [
      ("bias", hasBias), ("weights", hasWeights), ("input_adjoint", givesInput), ("matrix_adjoint", givesMatrix),
      ("bias_adjoint", givesBias),
    ].filter(\.1).map { Attribute($0.0, .bool(true)) }
  }

  /// The operation whose adjoints these are.
  public var forward: LinearCrossEntropy { LinearCrossEntropy(hasBias: hasBias, hasWeights: hasWeights) }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: forward.inputCount + 1)
    let loss = try forward.infer(operands.dropLast())[0]
    if operands.last! != loss { throw mismatch("the loss's adjoint is \(operands.last!), expected \(loss)") }
    let bias = TensorType(loss.element, [operands[1].shape[0]])
    let (input, matrix) = (operands[0].with(loss.element), operands[1].with(loss.element))
    return [loss] + (givesInput ? [input] : []) + (givesMatrix ? [matrix] : []) + (givesBias ? [bias] : [])
  }

  /// Its equation in simpler operations.
  public func expand(_ x: [ValueID], into b: inout Builder) throws(Diagnostic) -> [ValueID] {
    let parts = try forward.parts(x.dropLast(), into: &b)
    let type = b.type(parts.logits)
    let scale = hasWeights ? try b.binary(.mul, x.last!, x[forward.inputCount - 1]) : x.last!
    let p = try b.add(.softmax(Softmax()), [parts.logits])
    let miss = try b.binary(.sub, p, try b.convert(parts.hit, to: type.element))
    let adjoint = try b.binary(.mul, miss, try b.broadcast(scale, to: type.shape, axes: [0]))
    var results = [parts.loss]
    let isNarrow = forward.isNarrow(b.type(x[0]))
    let factor = isNarrow ? try b.convert(adjoint, to: .bf16) : adjoint
    if givesInput { results.append(try b.add(.matmul(Matmul(wide: isNarrow)), [factor, x[1]])) }
    if givesMatrix {
      results.append(try b.add(.matmul(Matmul(transposeA: true, wide: isNarrow)), [factor, x[0]]))
    }
    if givesBias { results.append(try b.reduce(.sum, adjoint, axes: [0])) }
    return results
  }
}
