import TensorIR

/// Copies the B of products into panels as wide as the processor's tiles: for each point of the batch, each panel and each row
/// (or pair of rows) the elements (or pairs) of its columns side by side; what lies beyond the last column is of no account.
/// Arguments: B (K×N, strided, one stride of 1), the panels.
public struct PackKernel: Hashable, Sendable {
  public var batch: [Int]
  /// The type of B's elements.
  public var operand: ElementType
  /// Whether two neighbours along K become one 32-bit element of bf16, f32 being rounded; else elements become f32.
  public var isPaired: Bool
  public var k: Int
  public var n: Int
  public var source: ProductKernel.Matrix

  /// Packed matrices have whole multiples of so many columns: panels of three vectors of AVX-512, or of what narrower registers
  /// hold.
  public static let width = 48

  /// 32-bit elements of one packed matrix of so many steps along K.
  public static func count(steps: Int, n: Int) -> Int { (n + width - 1) / width * steps * width }
  /// Rows of the packed matrix.
  public var steps: Int { isPaired ? k / 2 : k }
}
