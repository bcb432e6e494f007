import Glibc
import Support
import TensorIR

/// AdamW with decoupled weight decay (Loshchilov and Hutter, ICLR 2019), step for step as PyTorch computes it:
///
///     p ← p·(1 − lr·wd)                 where weight decay applies
///     m ← β₁·m + (1 − β₁)·g             v ← β₂·v + (1 − β₂)·g²
///     p ← p − lr/(1 − β₁ᵗ) · m / (√(v/(1 − β₂ᵗ)) + ε)
public struct AdamW: Hashable, Sendable {
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double

  /// β = (0.9, 0.95) and ε = 1e-8 unless given: the values of masked pre-training.
  public init(beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// The scalars one step shares among all parameters.
  struct Scalars {
    /// lr / (1 − β₁ᵗ).
    var stepSize: ValueID
    /// 1 / √(1 − β₂ᵗ).
    var secondMomentScale: ValueID
    /// 1 − lr·wd.
    var decay: ValueID
  }

  /// A parameter's values after a step.
  struct Updated {
    var parameter: ValueID
    var firstMoment: ValueID
    var secondMoment: ValueID
  }

  /// Computes the shared scalars; `learningRate` and `weightDecay` are float scalars of one type, `step` is i64, from
  /// 1.
  func scalars(learningRate: ValueID, step: ValueID, weightDecay: ValueID, _ b: inout Builder) throws(Diagnostic)
    -> Scalars
  {
    let type = b.type(learningRate)
    let one = try b.splat(1, type)
    let t = try b.convert(step, to: type.element)
    // βᵗ = exp(t·ln β)
    let power1 = try b.unary(.exp, try b.scale(t, by: log(beta1)))
    let power2 = try b.unary(.exp, try b.scale(t, by: log(beta2)))
    return Scalars(
      stepSize: try b.binary(.div, learningRate, try b.binary(.sub, one, power1)),
      secondMomentScale: try b.unary(.rsqrt, try b.binary(.sub, one, power2)),
      decay: try b.binary(.sub, one, try b.binary(.mul, learningRate, weightDecay)))
  }

  /// Appends one parameter's update; `square` is g².
  func update(
    parameter: ValueID, gradient: ValueID, square: ValueID, firstMoment: ValueID, secondMoment: ValueID, decays: Bool,
    _ scalars: Scalars, _ b: inout Builder
  ) throws(Diagnostic) -> Updated {
    let m = try b.binary(.add, try b.scale(firstMoment, by: beta1), try b.scale(gradient, by: 1 - beta1))
    let v = try b.binary(.add, try b.scale(secondMoment, by: beta2), try b.scale(square, by: 1 - beta2))
    let root = try b.binary(.mul, try b.unary(.sqrt, v), try spread(scalars.secondMomentScale, over: v, &b))
    let denominator = try b.binary(.add, root, try b.splat(epsilon, b.type(v)))
    let step = try b.binary(
      .mul, try spread(scalars.stepSize, over: m, &b), try b.binary(.div, m, denominator))
    let decayed = decays ? try b.binary(.mul, parameter, try spread(scalars.decay, over: parameter, &b)) : parameter
    return Updated(parameter: try b.binary(.sub, decayed, step), firstMoment: m, secondMoment: v)
  }

  /// The scalar at every element of a tensor, in its element type.
  private func spread(_ scalar: ValueID, over tensor: ValueID, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let type = b.type(tensor)
    let converted = try b.convert(scalar, to: type.element)
    return type.rank == 0 ? converted : try b.broadcast(converted, to: type.shape, axes: [])
  }
}
