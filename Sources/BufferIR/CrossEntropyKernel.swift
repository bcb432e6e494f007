import TensorIR

/// One step of a linear cross-entropy over a chunk of rows, whose logits are in memory that all chunks use in turn.
///
/// Everything is f32 but for rounded adjoints, rows are contiguous unless a stride says otherwise. With `isCounted` the last
/// operand is an i64: how many of the chunk's rows there are, at most `rows`.
public struct CrossEntropyKernel: Hashable, Sendable {
  public enum Step: Hashable, Sendable {
    /// Puts the rows of weight ≠ 0 side by side. Operands: h, labels, w, [g], then out h′ `[R,K]`, labels′ `[R]`, w′ `[R]`,
    /// [g·w] `[R]`, the place i32 `[R]` of each row (R: none), the number of rows i64 in each of `chunks` chunks of
    /// `chunkRows`.
    case collect(hasAdjoint: Bool, chunks: Int, chunkRows: Int)
    /// logits = h·Wᵀ. Operands: h, W, out logits.
    case logits
    /// Operands: logits, labels, [b], [w], [g·w], out loss, [argmax]. With g the logits become their adjoints.
    case loss(hasBias: Bool, hasWeights: Bool, hasAdjoint: Bool, givesArgmax: Bool)
    /// dW = d logitsᵀ·h, db = Σ d logits. Operands: d logits, h, out [dW], [db]; `adds`: to what is there.
    case matrixAdjoint(givesMatrix: Bool, givesBias: Bool, adds: Bool)
    /// dh = d logits·W, in sums over that many ranges of classes. Operands: d logits, W, out sums `[parts,rows,K]`, or dh
    /// itself if there is one part.
    case inputAdjoint(parts: Int)
    /// Adds up the parts. Operands: the sums, out dh.
    case addParts(parts: Int)
    /// Operands: places, loss′, [dh′], out loss, [dh]; rows without a place get 0.
    case spread(givesInput: Bool)
  }
  public var step: Step
  /// Rows of the chunk; of everything for `collect` and `spread`.
  public var rows: Int
  public var isCounted: Bool
  /// K and V.
  public var features: Int
  public var classes: Int
  public var labelElement: ElementType
  /// Strides between rows: of h, of W, and of the adjoint written.
  public var inputRow: Int
  public var matrixRow: Int
  public var adjointRow: Int
  /// Whether the adjoints of the logits are rounded to bf16, for products of it.
  public var isRounded: Bool
  /// The type they are kept in: bf16 where pairs of it are multiplied. Each row of them begins where its logits do.
  public var adjointElement: ElementType
  /// Strides of w and g.
  public var weightStride: Int
  public var adjointStride: Int

  /// Logits of one row, padded to whole vectors, in elements.
  public var pitch: Int { Self.pitch(classes) }
  static func pitch(_ classes: Int) -> Int { (classes + 15) / 16 * 16 }

  /// Logits that are in memory at a time: at most this, and at most a fifth of all.
  static let chunkBytes = 40 << 20
  /// Rows, and bytes of logits, below which a chunk is not divided.
  static let leastRows = 8
  static let leastBytes = 16 << 10

  /// Rows per chunk: equal chunks, each within the limits.
  static func chunkRows(_ rows: Int, classes: Int) -> Int {
    let row = 4 * pitch(classes)
    let most = max(leastRows, leastBytes / row, min(chunkBytes / row, (rows + 4) / 5))
    let chunks = (rows + most - 1) / most
    return (rows + chunks - 1) / chunks
  }

  /// Ranges of classes whose sums dh is added up from, so that threads share neither logits nor W.
  static func parts(_ classes: Int) -> Int { classes < 4096 ? 1 : 8 }
}
