import Support

/// y = (x − mean)·rstd·γ + β along the last axis, where rstd = 1/√(variance + ε); mean and rstd are kept for the backward.
///
/// Operands: x `[R…,C]`, γ `[C]`, β `[C]`. Results: y `[R…,C]`, mean `[R…]`, rstd `[R…]`.
public struct LayerNorm: Operation {
  public var epsilon: Double

  public init(epsilon: Double) { self.epsilon = epsilon }

  init(_ reader: inout AttributeReader) throws(Diagnostic) { epsilon = try reader.real("epsilon") }

  public var mnemonic: String { "layer_norm" }
  public var attributes: [Attribute] { [Attribute("epsilon", .real(epsilon))] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 3)
    let x = operands[0]
    guard x.element.isFloat, let width = x.shape.last, width > 0 else {
      throw mismatch("normalises rows of floats, found \(x)")
    }
    let affine = TensorType(x.element, [width])
    if operands[1] != affine { throw mismatch("scale is \(operands[1]), expected \(affine)") }
    if operands[2] != affine { throw mismatch("shift is \(operands[2]), expected \(affine)") }
    let rows = TensorType(x.element, x.shape.dropLast())
    return [x, rows, rows]
  }

  /// Its equation in simpler operations.
  public func expand(_ x: [ValueID], into b: inout Builder) throws(Diagnostic) -> [ValueID] {
    let shape = b.shape(x[0])
    let (rows, width) = (Array(0..<(shape.count - 1)), shape.last!)
    let mean = try b.scale(try b.reduce(.sum, x[0], axes: [rows.count]), by: 1 / Double(width))
    let centred = try b.binary(.sub, x[0], try b.broadcast(mean, to: shape, axes: rows))
    let squares = try b.reduce(.sum, try b.binary(.mul, centred, centred), axes: [rows.count])
    let variance = try b.scale(squares, by: 1 / Double(width))
    let rstd = try b.unary(.rsqrt, try b.binary(.add, variance, try b.splat(epsilon, b.type(variance))))
    let normal = try b.binary(.mul, centred, try b.broadcast(rstd, to: shape, axes: rows))
    let scaled = try b.binary(.mul, normal, try b.broadcast(x[1], to: shape, axes: [rows.count]))
    return [try b.binary(.add, scaled, try b.broadcast(x[2], to: shape, axes: [rows.count])), mean, rstd]
  }
}
