import Support
import TensorIR

/// Clipping by the global norm of all gradients, as `torch.nn.utils.clip_grad_norm_` does it:
///
///     n = √Σ g²      g ← g · min(1, limit / (n + 10⁻⁶))
///
/// No parameter can be updated before the last gradient is there: all of them are kept until then.
enum Clipping {
  /// The argument that holds the limit: a hyper-parameter of the run.
  static let limit = "clip"

  /// The factor of all gradients; `norm` and `limit` are f32 scalars.
  static func factor(norm: ValueID, limit: ValueID, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let type = b.type(norm)
    let ratio = try b.binary(.div, limit, try b.binary(.add, norm, try b.splat(1e-6, type)))
    return try b.binary(.min, ratio, try b.splat(1, type))
  }

  /// A gradient times the factor.
  static func scale(_ gradient: ValueID, by factor: ValueID, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let type = b.type(gradient)
    let converted = try b.convert(factor, to: type.element)
    return try b.binary(
      .mul, gradient, type.rank == 0 ? converted : try b.broadcast(converted, to: type.shape, axes: []))
  }
}
