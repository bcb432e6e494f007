/// What a processor's tiles of registers ask of the A of a product.
public struct ProductTile: Hashable, Sendable {
  /// Rows of a tile: a packed strip of A holds as many side by side.
  public var rows: Int
  /// Whether A is read in its rows where these hold what is multiplied; else all of it is packed.
  public var readsRows: Bool

  public init(rows: Int = 8, readsRows: Bool = false) {
    (self.rows, self.readsRows) = (rows, readsRows)
  }
}
