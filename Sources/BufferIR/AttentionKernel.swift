import TensorIR

/// Attention over a batch of heads, in tiles of rows whose scores stay in per-thread scratch memory.
///
/// Operands, forward: q, k, v, [bias], [seed], out, log-sum-exp (contiguous). Backward: q, k, v, [bias], [seed],
/// log-sum-exp (contiguous), dOut, dq, dk, dv. Matrices have unit column strides; batch strides are free.
public struct AttentionKernel: Hashable, Sendable {
  /// A matrix per point of the batch: strides over the batch axes, and between rows.
  public struct Matrix: Hashable, Sendable {
    public var batch: [Int]
    public var row: Int
    /// f32, or bf16 where products are of pairs of it.
    public var element = ElementType.f32
  }
  public var op: Attention
  public var isGradient: Bool
  public var batch: [Int]
  /// Rows of q and of k.
  public var m: Int
  public var n: Int
  /// Columns of q and k, and of v.
  public var d: Int
  public var e: Int
  public var q: Matrix
  public var k: Matrix
  public var v: Matrix
  /// The bias's strides over the batch axes, the rows and the columns.
  public var bias: [Int]
  /// The output forward, its adjoint backward.
  public var out: Matrix
  /// dq, dk, dv; empty forward.
  public var adjoints: [Matrix]

  /// How its products are computed: by OpenBLAS, or by tiles of registers, of pairs of bf16 if so.
  public var form = ProductForm.library
  public var isPaired = false
  /// The tiles that compute its products, if they do.
  public var tile = ProductTile()

  /// Scores of one row, padded to whole vectors, in elements.
  public var pitch: Int { (n + 15) / 16 * 16 }
  /// Rows whose scores are worked on together: as many as the per-thread limit allows, evenly divided, an even number if
  /// they are not all.
  public var tileRows: Int {
    let fitting = max(1, mostRows)
    let tiles = (m + fitting - 1) / fitting
    let rows = (m + tiles - 1) / tiles
    return tiles > 1 && rows % 2 == 1 && rows < fitting ? rows + 1 : rows
  }
  public var tiles: Int { (m + tileRows - 1) / tileRows }
  public var scratchBytes: Int { bytes(tileRows) }

  /// Where the parts of the scratch memory begin, in elements: the scores (with a row of zeros after the last) come first,
  /// then their adjoints, the packed rows of a product whose A cannot be read where it stands, and one packed panel.
  public var adjointsOffset: Int { (tileRows + 1) * pitch }
  public var stripsOffset: Int { scoresElements(tileRows) }
  public var panelOffset: Int { stripsOffset + stripElements(tileRows) }

  /// The per-thread limit.
  private static let limit = 256 << 10
  /// Fewer rows than this at a time are not worth packing keys and values for.
  private static let fewestRows = 16

  /// Whether tiles of registers can serve it.
  var suitsTiles: Bool { mostRows >= min(m, Self.fewestRows) }

  private var mostRows: Int {
    var (low, high) = (0, m)
    while low < high {
      let middle = (low + high + 1) / 2
      if bytes(middle) <= Self.limit { low = middle } else { high = middle - 1 }
    }
    return low < m ? low / 2 * 2 : low
  }

  /// Whether tiles read an A of rows of these elements where it stands. Otherwise it is packed into strips.
  public func readsRows(of element: ElementType) -> Bool { tile.readsRows && element.isMultiplied(inPairs: isPaired) }

  private func bytes(_ rows: Int) -> Int {
    4 * (scoresElements(rows) + (form == .tiles ? stripElements(rows) + PackKernel.width * depth(rows) : 0))
  }

  private func scoresElements(_ rows: Int) -> Int { (rows + 1) * pitch * (isGradient ? 2 : 1) }

  /// Packed elements along K.
  private func steps(_ k: Int) -> Int { isPaired ? (k + 1) / 2 : k }

  private func stripElements(_ rows: Int) -> Int {
    func strips(_ rows: Int, _ k: Int) -> Int {
      (rows + tile.rows - 1) / tile.rows * tile.rows * (steps(k) + 16)
    }
    func packed(_ element: ElementType, _ k: Int) -> Int { readsRows(of: element) ? 0 : strips(rows, k) }
    let weighted = packed(isPaired ? .bf16 : .f32, n)
    return isGradient
      ? max(packed(q.element, d), packed(out.element, e), weighted, strips(n, rows))
      : max(packed(q.element, d), weighted)
  }

  private func depth(_ rows: Int) -> Int { (steps(max(d, e, n, rows)) + 15) / 16 * 16 }
}
