/// What a result is to those who read it.
public enum ResultRole: String, Hashable, Sendable, CaseIterable {
  /// Nothing that a training program looks at, or an argument's next value.
  case none
  /// The loss that is trained, a scalar.
  case loss
  /// A part of the loss, a scalar: told beside it.
  case term
  /// The norm of all gradients before they are clipped, a scalar.
  case gradientNorm = "gradient_norm"
  /// A tensor with a row for each record, read by metrics and pictures.
  case measure
}
