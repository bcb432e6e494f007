import TensorIR

/// `C = A·B` for each point of the batch axes: A is M×K, B is K×N, C is M×N, all strided (in elements).
/// One of C's two strides is 1, one of A's and one of B's too, as BLAS needs. Arguments: A, B, C, then
/// the epilogue's.
public struct ProductKernel: Hashable, Sendable {
  /// A matrix operand: strides over the batch axes, the rows and the columns.
  public struct Matrix: Hashable, Sendable {
    public var batch: [Int]
    public var row: Int
    public var column: Int
  }
  /// The type of C, and of the sums.
  public var element: ElementType
  /// The type of A's elements, and of B's unless it is packed.
  public var operand: ElementType
  /// Whether tiles multiply pairs of bf16; f32 is rounded as it is packed.
  public var isPaired = false
  public var batch: [Int]
  public var m: Int
  public var n: Int
  public var k: Int
  public var a: Matrix
  public var b: Matrix
  public var c: Matrix
  public var form = ProductForm.library
  /// The tiles that compute it, if they do.
  public var tile = ProductTile()
  /// Whether tiles add to what C holds.
  public var accumulates = false
  /// What runs on each block of C's rows while it is in cache.
  public var epilogue: ProductEpilogue?

  /// Floating-point operations, a multiply-add counted as two.
  public var flops: Double { batch.reduce(2.0) { $0 * Double($1) } * Double(m) * Double(n) * Double(k) }
}
