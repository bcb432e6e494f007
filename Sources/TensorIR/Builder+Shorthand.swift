import Support

/// One call per operation, for reverse mode and passes.
extension Builder {
  public mutating func splat(_ value: Double, _ type: TensorType) throws(Diagnostic) -> ValueID {
    try add(.constant(Constant(.splat(value), type)), [])
  }
  public mutating func unary(_ kind: Unary.Kind, _ x: ValueID) throws(Diagnostic) -> ValueID {
    try add(.unary(Unary(kind)), [x])
  }
  public mutating func binary(_ kind: Binary.Kind, _ a: ValueID, _ b: ValueID) throws(Diagnostic) -> ValueID {
    try add(.binary(Binary(kind)), [a, b])
  }
  /// `x` times a constant.
  public mutating func scale(_ x: ValueID, by factor: Double) throws(Diagnostic) -> ValueID {
    try binary(.mul, x, splat(factor, type(x)))
  }
  public mutating func compare(_ kind: Compare.Kind, _ a: ValueID, _ b: ValueID) throws(Diagnostic) -> ValueID {
    try add(.compare(Compare(kind)), [a, b])
  }
  public mutating func select(_ condition: ValueID, _ a: ValueID, _ b: ValueID) throws(Diagnostic) -> ValueID {
    try add(.select(Select()), [condition, a, b])
  }
  public mutating func convert(_ x: ValueID, to element: ElementType) throws(Diagnostic) -> ValueID {
    type(x).element == element ? x : try add(.convert(Convert(element)), [x])
  }
  /// Operand axis i becomes result axis `axes[i]`; the other result axes repeat it.
  public mutating func broadcast(_ x: ValueID, to shape: [Int], axes: [Int]) throws(Diagnostic) -> ValueID {
    try add(.broadcast(Broadcast(shape: shape, axes: axes)), [x])
  }
  public mutating func reshape(_ x: ValueID, to newShape: [Int]) throws(Diagnostic) -> ValueID {
    shape(x) == newShape ? x : try add(.reshape(Reshape(newShape)), [x])
  }
  public mutating func transpose(_ x: ValueID, _ permutation: [Int]) throws(Diagnostic) -> ValueID {
    try add(.transpose(Transpose(permutation)), [x])
  }
  public mutating func reduce(_ kind: Reduce.Kind, _ x: ValueID, axes: [Int]) throws(Diagnostic) -> ValueID {
    axes.isEmpty ? x : try add(.reduce(Reduce(kind, axes: axes)), [x])
  }
  public mutating func matmul(_ a: ValueID, _ b: ValueID, transposeA: Bool = false, transposeB: Bool = false)
    throws(Diagnostic) -> ValueID
  {
    try add(.matmul(Matmul(transposeA: transposeA, transposeB: transposeB)), [a, b])
  }
}
