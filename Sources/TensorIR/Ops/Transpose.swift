import Support

/// Result axis i is operand axis `permutation[i]`.
public struct Transpose: Operation {
  public var permutation: [Int]
  public init(_ permutation: [Int]) { self.permutation = permutation }
  public var mnemonic: String { "transpose" }
  public var attributes: [Attribute] { [Attribute("permutation", .integers(permutation))] }

  /// The permutation that undoes it.
  public var inverse: Transpose {
    var inverse = permutation
    for (i, axis) in permutation.enumerated() { inverse[axis] = i }
    return Transpose(inverse)
  }

  public func infer(_ operands: [TensorType]) throws(Diagnostic) -> [TensorType] {
    try expect(operands, count: 1)
    if permutation.sorted() != Array(0..<operands[0].rank) {
      throw mismatch("\(permutation) is not a permutation of the axes of \(operands[0])")
    }
    return [TensorType(operands[0].element, permutation.map { operands[0].shape[$0] })]
  }
}
