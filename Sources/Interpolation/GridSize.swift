/// Rows and columns of a grid of patches.
public struct GridSize: Sendable, Hashable, CustomStringConvertible {
  /// Patches from top to bottom.
  public var rows: Int
  /// Patches from left to right.
  public var columns: Int

  public init(rows: Int, columns: Int) {
    precondition(rows > 0 && columns > 0)
    (self.rows, self.columns) = (rows, columns)
  }

  /// `14x14`.
  public var description: String { "\(rows)x\(columns)" }
}
