import TensorIR

/// One linear cross-entropy found in a function: values of the source, and the nodes that the fused operation replaces.
struct LinearCrossEntropyMatch {
  /// The product h·Wᵀ.
  var product: Int
  /// The operands' sources: h, W and the labels (of any shape), then bias and weights if there are any.
  var input: ValueID
  var matrix: ValueID
  var labels: ValueID
  var bias: ValueID?
  var weights: ValueID?
  /// The node whose result is the loss of each row, times the weights if there are any.
  var loss: Int
  /// The node that takes each row's largest logit.
  var argmax: Int?
  var backward: Backward?
  /// Nodes that stand after the fused operation's place but make its operands.
  var early: [Int] = []
  /// Where the fused operation stands.
  var place: Int { min(loss, argmax ?? loss) }

  struct Backward {
    /// What the adjoint of the loss is along the rows.
    var adjoint: RowFactor
    /// The node that makes the adjoints of the logits.
    var logits: Int
    /// The nodes whose results are the adjoints of h, W and the bias.
    var input: Int?
    var matrix: Int?
    var bias: Int?
    /// Whether the adjoint is known before the loss is: then both come from one pass over the logits.
    var isOnePass = false
  }

  /// A factor that is the same along each row of the logits.
  enum RowFactor: Hashable {
    case splat(Double)
    case scalar(ValueID)
    case rows(ValueID)

    var value: ValueID? {
      switch self {
      case .scalar(let value), .rows(let value): value
      case .splat: nil
      }
    }
  }

  /// The values the operands of the forward are made of.
  var operands: [ValueID] { [input, matrix, labels] + [bias, weights].compactMap { $0 } }
}
