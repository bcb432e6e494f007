import BufferIR
import LLVMKit

/// The tiles of a processor: as many sums as its registers hold beside a row of B and an element of A.
struct TileShape: Sendable {
  /// Lanes of a vector of f32.
  let lanes: Int
  let rows: Int
  let vectors: Int

  init(_ target: Target) {
    lanes = target.floatLanes
    (rows, vectors) = lanes == 16 ? (8, 3) : (6, 2)
  }

  /// Whether it reads A in its rows as fast as in strips: where there are 24 multiply-adds for each step along K.
  var readsRows: Bool { lanes == 16 }

  /// Columns of a tile, and of a panel of packed B. Packed matrices are rounded up to a multiple of it (`PackKernel.width`).
  var width: Int { vectors * lanes }

  func panels(_ columns: Int) -> Int { (columns + width - 1) / width }

  /// Vectors of a tile that computes some columns of a panel.
  func vectors(for columns: Int) -> Int { min(vectors, (columns + lanes - 1) / lanes) }
}

extension LoweringOptions {
  /// With tiles as the processor multiplies them.
  public func suited(to target: Target) -> LoweringOptions {
    var result = self
    result.pairsBF16 = target.has("avx512bf16")
    result.tilesReadRows = TileShape(target).readsRows
    return result
  }
}
