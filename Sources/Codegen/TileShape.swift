import BufferIR
import LLVMKit

/// The tiles of a processor: as many sums as its registers hold beside a row of B and an element of A.
struct TileShape: Sendable {
  /// Lanes of a vector of f32.
  let lanes: Int
  let rows: Int
  let vectors: Int
  /// Rows that are transposed together: those of any tile, rounded up to a power of two.
  static let transposedRows = 8

  init(_ target: Target) {
    lanes = target.floatLanes
    (rows, vectors) = lanes == 16 ? (8, 3) : (6, 2)
  }

  /// What lowering knows of it. It reads A in its rows as fast as in strips where there are 24 multiply-adds for each step
  /// along K.
  var tile: ProductTile { ProductTile(rows: rows, readsRows: lanes == 16) }

  /// Columns of a tile, and of a panel of packed B. Packed matrices are rounded up to a multiple of it (`PackKernel.width`).
  var width: Int { vectors * lanes }

  func panels(_ columns: Int) -> Int { (columns + width - 1) / width }

  /// Vectors of a tile that computes some columns of a panel.
  func vectors(for columns: Int) -> Int { min(vectors, (columns + lanes - 1) / lanes) }
}

extension LoweringOptions {
  /// With the processor's tiles.
  public func tiled(for target: Target) -> LoweringOptions {
    var result = self
    result.tile = TileShape(target).tile
    return result
  }

  /// With the processor's tiles, of pairs of bf16 if it multiplies them.
  public func suited(to target: Target) -> LoweringOptions {
    var result = tiled(for: target)
    result.pairsBF16 = target.has("avx512bf16")
    return result
  }
}
