import TensorIR

/// How a product is computed.
public enum ProductForm: Hashable, Sendable {
  /// By OpenBLAS.
  case library
  /// By emitted tiles of registers: argument 1 holds B as panels (`PackKernel`), and A is packed on the way.
  case tiles
}

/// Who computes products.
public enum ProductChoice: String, Hashable, Sendable, CaseIterable {
  case openblas
  case emitted
  /// Whichever was measured to be faster for the shape.
  case auto
}

extension ProductForm {
  /// The form of a product of m×k and k×n elements under a choice. What `auto` takes is fixed here, so that two builds agree:
  /// tiles were measured to be faster than OpenBLAS, by 2 to 8 %, where B is packed for many rows. A gradient of a weight
  /// has the longer side as its rows. In pairs of bf16 they do twice the work in the same time, which pays sooner.
  static func chosen(
    _ choice: ProductChoice, _ element: ElementType, m: Int, n: Int, k: Int, isGradient: Bool, isPaired: Bool
  ) -> ProductForm {
    if element != .f32 { return .library }
    switch choice {
    case .openblas: return .library
    case .emitted: return .tiles
    case .auto:
      let (rows, columns) = isGradient ? (max(m, n), min(m, n)) : (m, n)
      let isLarge = rows >= (isPaired ? 96 : 384) && columns >= PackKernel.width && k >= 64
      return isLarge ? .tiles : .library
    }
  }
}

extension ElementType {
  /// Whether tiles multiply it as it stands in memory: pairs of bf16, or f32.
  public func isMultiplied(inPairs: Bool) -> Bool { self == (inPairs ? .bf16 : .f32) }
}

extension ProductKernel {
  /// Bytes of A that a thread packs at a time: they stay in the second-level cache beside a panel of B.
  static let blockBytes = 256 << 10

  /// Rows of the packed operands: K, or its pairs.
  public var steps: Int { isPaired ? k / 2 : k }
  /// The sums over K are cut into passes of equal length, in steps.
  public var passes: Int { max(1, (steps + 799) / 800) }
  public var depth: Int { (steps + passes - 1) / passes }

  /// Whether tiles read A where it stands, its rows holding what is multiplied. Otherwise it is packed into strips.
  public var readsRows: Bool { tile.readsRows && a.column == 1 && operand.isMultiplied(inPairs: isPaired) }

  /// Room for a vector beyond the last strip.
  private var slack: Int { tile.rows * 16 * 4 }
  /// Strips of one block of rows.
  public var blockStrips: Int { max(1, min(20, (Self.blockBytes - slack) / (tile.rows * depth * 4))) }

  /// Per-thread memory: a block of A in strips.
  public var scratchBytes: Int {
    form == .tiles && !readsRows ? tile.rows * blockStrips * depth * 4 + slack : 0
  }
}
