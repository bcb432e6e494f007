import TensorIR

/// Adds rows into a zeroed result at given indices. Arguments: updates `[batch, rows, width]`, indices `[batch, rows]`
/// (i32 or i64), result `[batch, limit, width]`, all contiguous.
public struct ScatterKernel: Hashable, Sendable {
  public var element: ElementType
  public var indexElement: ElementType
  public var batch: Int
  public var rows: Int
  public var width: Int
  public var limit: Int
}

/// A stable ascending sort of each row, as indices. Arguments: keys `[rows, length]`, indices i32 `[rows, length]`.
public struct SortKernel: Hashable, Sendable {
  public var element: ElementType
  public var rows: Int
  public var length: Int
}

/// The index of each row's first maximum. Arguments: values `[rows, length]`, indices i32 `[rows]`.
public struct ArgmaxKernel: Hashable, Sendable {
  public var element: ElementType
  public var rows: Int
  public var length: Int
}
