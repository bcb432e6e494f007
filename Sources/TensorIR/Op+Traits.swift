/// What is the same for all uses of an operation: passes, lowering and costs ask here, so that a new operation answers once.
public struct OpTraits: Hashable, Sendable {
  /// How the operation relates its results to its operands.
  public enum Shape: Hashable, Sendable {
    /// Made from nothing: constants and indices.
    case made
    /// The operand's elements under another shape: no work, and often no memory.
    case view
    /// Each element from the elements at its place in the operands.
    case elementwise
    /// Anything else.
    case other
  }

  /// The work for one element, in scalar operations.
  public enum Work: Hashable, Sendable {
    /// For each element of the result.
    case perResult(Double)
    /// For each element read or written, whichever are more.
    case perElement(Double)
    /// For each element read.
    case perRead(Double)
  }

  public var shape: Shape
  public var work: Work

  /// Whether the result is memory of the operand, or costs nothing to make: it is never worth keeping.
  public var isFree: Bool { shape == .view || shape == .made }
  public var isView: Bool { shape == .view }
  public var isElementwise: Bool { shape == .elementwise }

  /// Operations of one element of exp, tanh, erf and what is made of them.
  static let transcendental = 20.0
  /// Of one element of a dropout mask: its part of a Philox block.
  static let random = 8.0
}

extension Op {
  public var traits: OpTraits {
    switch self {
    case .constant, .iota: OpTraits(shape: .made, work: .perResult(0))
    case .broadcast, .reshape, .transpose, .slice, .stopGradient: OpTraits(shape: .view, work: .perResult(0))
    case .unary(let op): OpTraits(shape: .elementwise, work: op.kind.work)
    case .binary, .compare, .select, .convert: OpTraits(shape: .elementwise, work: .perElement(1))
    case .dropout: OpTraits(shape: .other, work: .perResult(OpTraits.random))
    case .softmax, .logSumExp: OpTraits(shape: .other, work: .perRead(OpTraits.transcendental))
    case .concat, .pad, .reduce, .matmul, .gather, .scatterAdd, .argsort, .argmax, .attention, .attentionGradient,
      .layerNorm, .layerNormGradient, .linearCrossEntropy, .linearCrossEntropyGradient:
      OpTraits(shape: .other, work: .perElement(1))
    }
  }
}

extension Unary.Kind {
  fileprivate var work: OpTraits.Work {
    switch expense {
    case .transcendental, .composite: .perResult(OpTraits.transcendental)
    case .simple, .root, .reciprocalRoot: .perElement(1)
    }
  }
}
