import TensorIR

/// The elements of one generated input, row-major.
public enum HarnessValues: Sendable, Hashable {
  case reals([Double])
  /// Integers, and booleans as 0 or 1.
  case integers([Int64])
}

/// One argument of a row: its shape and how its elements are made.
public struct HarnessInput: Sendable {
  /// How elements are made. Reals are values of f32.
  public enum Kind: Sendable {
    /// U[low, high).
    case uniform(Double, Double)
    /// ± U[low, high), half of each sign: away from the kink of a function at 0.
    case signed(Double, Double)
    /// Distinct multiples of 0.25 in random order: no ties, and none near.
    case distinct
    /// Few different values: many ties. Not differentiable there by finite differences.
    case tied
    /// i32 of a range.
    case integers(Range<Int>)
    /// One i64, the seed of a random operation.
    case seed(Int64)
    case booleans
  }
  public var shape: [Int]
  public var kind: Kind

  public init(_ shape: [Int], _ kind: Kind = .uniform(-1.5, 1.5)) {
    self.shape = shape
    self.kind = kind
  }

  /// The argument's type when floats are of type `element`.
  public func type(_ element: ElementType) -> TensorType {
    switch kind {
    case .uniform, .signed, .distinct, .tied: TensorType(element, shape)
    case .integers: TensorType(.i32, shape)
    case .seed: TensorType(.i64, shape)
    case .booleans: TensorType(.bool, shape)
    }
  }

  /// Whether a gradient with respect to it is checked.
  public var isFloat: Bool {
    switch kind {
    case .uniform, .signed, .distinct, .tied: true
    case .integers, .seed, .booleans: false
    }
  }

  /// The elements for a seed.
  public func values(_ random: inout RandomSource) -> HarnessValues {
    let count = shape.reduce(1, *)
    switch kind {
    case .uniform(let low, let high): return .reals((0..<count).map { _ in random.uniform(low, high) })
    case .signed(let low, let high):
      return .reals((0..<count).map { _ in random.uniform(low, high) * (random.bits() & 1 == 0 ? 1 : -1) })
    case .distinct: return .reals(random.permutation(count).map { 0.25 * Double($0 - count / 2) })
    case .tied: return .reals((0..<count).map { _ in Double(random.integer(-1..<2)) })
    case .integers(let range): return .integers((0..<count).map { _ in random.integer(range) })
    case .seed(let seed): return .integers([Int64](repeating: seed, count: count))
    case .booleans: return .integers((0..<count).map { _ in random.integer(0..<2) })
    }
  }
}
