import TensorIR

/// A loop nest over `outer × sequential × inner` that evaluates a body of scalar instructions at each point.
///
/// Outer axes are parallel. `inner` is the vectorised axis. A `reduce` instruction reduces the sequential axes, and the
/// inner axis too if `innerReduced`; instructions that depend on its result run after the loops it closes. Several
/// reductions in a row (softmax) are phases over the same row and need `sequential` to be empty.
public struct LoopKernel: Hashable, Sendable {
  public var outer: [Int] = []
  public var sequential: [Int] = []
  public var inner: Int = 1
  public var innerReduced = false
  public var accesses: [Access] = []
  public var body: [Instruction] = []

  /// How an argument is addressed: one stride (in elements) per axis, outer first, inner last.
  public struct Access: Hashable, Sendable {
    public var argument: Int
    public var element: ElementType
    public var strides: [Int]
    public var indirect: Indirect?
    /// What is stored is combined with what stands there, except at the first point that has this place.
    public var accumulates: Reduce.Kind?

    public init(
      argument: Int, element: ElementType, strides: [Int], indirect: Indirect? = nil, accumulates: Reduce.Kind? = nil
    ) {
      self.argument = argument
      self.element = element
      self.strides = strides
      self.indirect = indirect
      self.accumulates = accumulates
    }
  }

  /// Adds `index × stride` elements to an address, where the index is read (clamped to `0 ..< limit`) from another argument.
  public struct Indirect: Hashable, Sendable {
    public var argument: Int
    public var element: ElementType
    public var strides: [Int]
    public var stride: Int
    public var limit: Int
  }

  /// One instruction; operands are indices of earlier instructions.
  public enum Instruction: Hashable, Sendable {
    case load(access: Int)
    case constant(Double, ElementType)
    /// Σ coordinate·stride + offset, an integer.
    case index(strides: [Int], offset: Int, ElementType)
    case unary(Unary.Kind, Int)
    case binary(Binary.Kind, Int, Int)
    case compare(Compare.Kind, Int, Int)
    case select(Int, Int, Int)
    case convert(Int, ElementType)
    /// `value`, zeroed or scaled by 1/(1 − rate); `seed` is a load; element index = Σ coordinate·stride.
    case dropout(value: Int, seed: Int, Dropout, strides: [Int])
    case reduce(Reduce.Kind, Int)
    case store(access: Int, Int)

    /// The instructions it reads.
    public var operands: [Int] {
      switch self {
      case .load, .constant, .index: []
      case .unary(_, let a), .convert(let a, _), .reduce(_, let a), .store(_, let a): [a]
      case .binary(_, let a, let b), .compare(_, let a, let b): [a, b]
      case .select(let c, let a, let b): [c, a, b]
      case .dropout(let value, let seed, _, _): [value, seed]
      }
    }
  }

  public init() {}

  /// The element type of each instruction's value.
  public var elements: [ElementType] {
    var types: [ElementType] = []
    for instruction in body {
      switch instruction {
      case .load(let access): types.append(accesses[access].element)
      case .constant(_, let element), .index(_, _, let element), .convert(_, let element): types.append(element)
      case .unary(_, let a), .binary(_, let a, _), .reduce(_, let a), .store(_, let a): types.append(types[a])
      case .compare: types.append(.bool)
      case .select(_, let a, _): types.append(types[a])
      case .dropout(let value, _, _, _): types.append(types[value])
      }
    }
    return types
  }

  /// Whether any axis is reduced; if none is, a `reduce` instruction gives its operand.
  public var reduces: Bool { innerReduced || !sequential.isEmpty }

  /// The number of first outer axes that threads may divide among them: along those after them something accumulates.
  public var parallelAxes: Int {
    accesses.filter { $0.accumulates != nil }.map { access in
      outer.indices.first { access.strides[$0] == 0 } ?? outer.count
    }.min() ?? outer.count
  }

  /// The number of points it visits.
  public var points: Int { (outer + sequential).reduce(inner, *) }
}
