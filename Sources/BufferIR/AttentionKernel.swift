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

  /// Scores of one row, padded to whole vectors, in elements.
  public var pitch: Int { (n + 15) / 16 * 16 }
  /// Rows whose scores are worked on together: as many as fit in half of the per-thread limit of 256 KB, evenly divided.
  public var tileRows: Int {
    let fitting = max(1, Self.tileBytes / (4 * pitch))
    let tiles = (m + fitting - 1) / fitting
    return (m + tiles - 1) / tiles
  }
  public var tiles: Int { (m + tileRows - 1) / tileRows }
  public var scratchBytes: Int { tileRows * pitch * 4 * (isGradient ? 2 : 1) }
  static let tileBytes = 128 << 10
}
