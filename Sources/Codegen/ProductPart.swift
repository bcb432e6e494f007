import BufferIR
import LLVMKit

/// A thread's part of a product, divided into units, passes along K over blocks of rows, and each of these into pieces, groups
/// of panels.
struct ProductPart {
  private let e: Emitter
  private let product: ProductKernel
  private let tile: TileEmitter
  /// First and last, excluded.
  private let rows: (Value, Value)
  private let panels: (Value, Value)
  /// Tiles of the rows. Blocks are of equal length, each of whole tiles.
  private let tiles: Value
  private let blocks: Value
  let units: Value
  private let lastUnit: Value
  /// Panels of a piece, and of one of the last unit.
  private let group: Value
  private let lastGroup: Value

  /// Columns of a piece, at least: between two runs of an epilogue they stay in cache, with their block of rows.
  private static let columns = 192
  /// The same in the last unit: few, so that threads end together.
  private static let lastColumns = 64

  /// One pass over one block of rows.
  struct Unit {
    /// First and last, excluded, and how many.
    let rows: (Value, Value)
    let count: Value
    let pass: Value
    let isLastPass: Value
    /// The first step along K and how many there are.
    let from: Value
    let depth: Value
  }

  /// `rows` and `panels` are a thread's. Columns that an epilogue takes together begin at multiples of `grain`.
  init(
    _ e: Emitter, _ product: ProductKernel, _ tile: TileEmitter, rows: (Value, Value), panels: (Value, Value),
    grain: Int
  ) {
    (self.e, self.product, self.tile, self.rows, self.panels) = (e, product, tile, rows, panels)
    func group(_ columns: Int) -> Value {
      var count = 1
      while count * tile.width < columns || count * tile.width % grain != 0 { count += 1 }
      return e.i64(count)
    }
    (self.group, lastGroup) = (group(Self.columns), group(Self.lastColumns))
    tiles = e.udiv(e.add(e.sub(rows.1, rows.0), e.i64(tile.rows - 1)), e.i64(tile.rows))
    blocks = e.udiv(e.add(tiles, e.i64(product.blockStrips - 1)), e.i64(product.blockStrips))
    units = e.mul(blocks, e.i64(product.passes))
    lastUnit = e.sub(units, e.i64(1))
  }

  func unit(_ index: Value) -> Unit {
    let passes = e.i64(product.passes)
    let isWhole = product.passes == 1
    let (block, pass) = isWhole ? (index, e.i64(0)) : (e.udiv(index, passes), e.urem(index, passes))
    func bound(_ block: Value) -> Value {
      e.smin(e.add(rows.0, e.mul(e.udiv(e.mul(block, tiles), blocks), e.i64(tile.rows))), rows.1)
    }
    let own = (bound(block), bound(e.add(block, e.i64(1))))
    let from = e.mul(pass, e.i64(product.depth))
    let rest = e.sub(e.i64(product.steps), from)
    return Unit(
      rows: own, count: e.sub(own.1, own.0), pass: pass,
      isLastPass: e.icmp(.eq, pass, e.i64(product.passes - 1)), from: from,
      depth: isWhole ? e.i64(product.steps) : e.smin(e.i64(product.depth), rest))
  }

  /// Pieces of a unit.
  func pieces(_ unit: Value) -> Value {
    let group = group(unit)
    return e.udiv(e.add(e.sub(panels.1, panels.0), e.sub(group, e.i64(1))), group)
  }

  /// The panels of a piece: first and last, excluded.
  func panels(_ unit: Value, _ piece: Value) -> (Value, Value) {
    let group = group(unit)
    let first = e.add(panels.0, e.mul(piece, group))
    return (first, e.smin(e.add(first, group), panels.1))
  }

  private func group(_ unit: Value) -> Value {
    e.select(e.icmp(.eq, unit, lastUnit), lastGroup, group)
  }
}
