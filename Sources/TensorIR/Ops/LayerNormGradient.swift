import Support

/// The adjoints of `layer_norm`, from its input and the mean and rstd it kept: with n = (x − mean)·rstd and g = dy·γ,
/// dx = rstd·(g − mean(g) − n·mean(g·n)), dγ = Σ dy·n and dβ = Σ dy over the rows.
///
/// Operands: x `[R…,C]`, mean `[R…]`, rstd `[R…]`, γ `[C]`, dy `[R…,C]`. Results: dx `[R…,C]`, dγ `[C]`, dβ `[C]`.
public struct LayerNormGradient: Operation {
  public init() {}

  public var mnemonic: String { "layer_norm_gradient" }
  public var attributes: [Attribute] { [] }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 5)
    let x = operands[0]
    guard x.element.isFloat, let width = x.shape.last, width > 0 else {
      throw mismatch("normalises rows of floats, found \(x)")
    }
    let rows = TensorType(x.element, x.shape.dropLast())
    let affine = TensorType(x.element, [width])
    for (operand, (name, type)) in zip(
      operands.dropFirst(), [("mean", rows), ("rstd", rows), ("scale", affine), ("adjoint", x)])
    where operand != type {
      throw mismatch("\(name) is \(operand), expected \(type)")
    }
    return [x, affine, affine]
  }

  /// Its equation in simpler operations. The sums over the rows are taken in parts, of which each covers neighbouring
  /// rows, where `parts` gives a shape for the rows and the number of its first axes that count the parts.
  public func expand(
    _ x: [ValueID], into b: inout Builder, parts: (rows: [Int], count: Int)? = nil
  ) throws(Diagnostic) -> [ValueID] {
    let shape = b.shape(x[0])
    let (rows, width) = (Array(0..<(shape.count - 1)), shape.last!)
    func wide(_ value: ValueID) throws(Diagnostic) -> ValueID { try b.broadcast(value, to: shape, axes: rows) }
    func mean(_ value: ValueID) throws(Diagnostic) -> ValueID {
      try wide(try b.scale(try b.reduce(.sum, value, axes: [rows.count]), by: 1 / Double(width)))
    }
    func columns(_ value: ValueID) throws(Diagnostic) -> ValueID {
      guard let parts else { return try b.reduce(.sum, value, axes: rows) }
      let split = try b.reshape(value, to: parts.rows + [width])
      let sums = try b.reduce(.sum, split, axes: Array(parts.count..<parts.rows.count))
      return try b.reduce(.sum, sums, axes: Array(0..<parts.count))
    }
    let (rstd, adjoint) = (try wide(x[2]), x[4])
    let normal = try b.binary(.mul, try b.binary(.sub, x[0], try wide(x[1])), rstd)
    let g = try b.binary(.mul, adjoint, try b.broadcast(x[3], to: shape, axes: [rows.count]))
    let along = try b.binary(.mul, normal, try mean(try b.binary(.mul, g, normal)))
    let centred = try b.binary(.sub, try b.binary(.sub, g, try mean(g)), along)
    let dx = try b.binary(.mul, centred, rstd)
    return [dx, try columns(try b.binary(.mul, adjoint, normal)), try columns(adjoint)]
  }
}
