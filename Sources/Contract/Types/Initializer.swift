/// How a parameter starts (`docs/models.md`): its values are a function of the seed, its name and the index.
public enum Initializer: Hashable, Sendable {
  /// U(−a, a) with a = √(6 / (fanIn + fanOut)).
  case xavierUniform(fanIn: Int, fanOut: Int)
  /// N(0, std); row `zeroRow` of the first axis is zero if given (an embedding's padding row).
  case normal(std: Double, zeroRow: Int? = nil)
  case zeros
  case ones
  /// The fixed 2-D sine-cosine position table `[1, 1 + grid², dim]`, class token's row zero.
  case sincos2D(dim: Int, grid: Int, variant: String)
}

extension Initializer {
  /// Why a parameter of this shape cannot start so, or nil.
  public func problem(for type: TensorType) -> String? {
    switch self {
    case .zeros, .ones: return nil
    case .xavierUniform(let fanIn, let fanOut):
      let most = 1 << 48
      return (0...most).contains(fanIn) && (0...most).contains(fanOut) && fanIn + fanOut > 0
        ? nil : "xavier_uniform(\(fanIn), \(fanOut)): expected fans from 0 to 2^48, not both 0"
    case .normal(let std, let zeroRow):
      if !std.isFinite || std < 0 { return "normal(\(std)): expected a standard deviation of 0 or more" }
      guard let zeroRow else { return nil }
      let rows = type.shape.first ?? 1
      return (0..<rows).contains(zeroRow) ? nil : "zero_row = \(zeroRow): expected a row of \(type), 0 to \(rows - 1)"
    case .sincos2D(let dim, let grid, let variant):
      if variant != "mrm", variant != "mae" { return "sincos_2d variant \"\(variant)\": expected mrm or mae" }
      let most = 1 << 20
      return dim > 0 && dim % 4 == 0 && dim <= most && (1...most).contains(grid)
        && type.count == dim * (1 + grid * grid)
        ? nil
        : "sincos_2d(\(dim), \(grid)): expected a table of 1 + grid² rows of dim columns, dim a multiple of 4, found \(type)"
    }
  }
}
