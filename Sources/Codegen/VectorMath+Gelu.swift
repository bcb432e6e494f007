import LLVMKit

/// The Gaussian family in f32 shares the two factors of Φ(−t) = e^(−t²/2)·R(t), t = |x|: the tail keeps its relative
/// accuracy, and a loop that needs value and derivative computes both factors once.
extension VectorMath {
  /// x·Φ(x), the exact (erf) GELU. f32: within 1.5e-6 of the value itself for x ≥ −13, so also in the negative tail;
  /// gelu ∞ = ∞, gelu −∞ = 0.
  package func gelu(_ x: Value) -> Value {
    if isDouble(x) { return e.fmul(x, normalCDF(x)) }
    return value(x, Tail(self, x))
  }

  /// Φ(x) + x·φ(x), the derivative of `gelu`. f32: absolute error below 4e-7.
  package func geluDerivative(_ x: Value) -> Value {
    if isDouble(x) {
      let power = lanewise("exp", e.fmul(e.fmul(x, x), number(x, -0.5)))
      return e.fadd(normalCDF(x), e.fmul(e.fmul(x, number(x, Self.densityAtZero)), power))
    }
    return derivative(x, Tail(self, x))
  }

  /// Φ(x), the normal distribution function.
  package func normalCDF(_ x: Value) -> Value {
    if isDouble(x) {
      return e.fmul(number(x, 0.5), lanewise("erfc", e.fmul(x, number(x, -0.70710678118654752))))
    }
    let tail = Tail(self, x)
    let mass = e.fmul(tail.power, tail.ratio)
    return e.select(e.fcmp(.olt, x, number(x, 0)), mass, e.fsub(number(x, 1), mass))
  }

  /// max(x, 0) − t·Φ(−t).
  private func value(_ x: Value, _ tail: Tail) -> Value {
    let mass = e.fmul(tail.power, tail.ratio)
    return mulAdd(e.fneg(tail.t), mass, e.fmax(x, number(x, 0)))
  }

  /// k = Φ(−t) − t·φ(t) for negative x, 1 − k for the others.
  private func derivative(_ x: Value, _ tail: Tail) -> Value {
    let k = e.fmul(tail.power, mulAdd(tail.t, number(x, -Self.densityAtZero), tail.ratio))
    return e.select(e.fcmp(.olt, x, number(x, 0)), k, e.fsub(number(x, 1), k))
  }

  /// φ(0) = 1/√(2π).
  private static let densityAtZero = 0.3989422804014327

  /// What Φ(−t) is the product of.
  private struct Tail {
    /// |x|, at most where e^(−t²/2) counts as zero.
    let t: Value
    /// e^(−t²/2).
    let power: Value
    /// R(t) = Φ(−t)·e^(t²/2), as a polynomial in 1 / (1 + 0.28125·t).
    let ratio: Value

    init(_ math: VectorMath, _ x: Value) {
      let e = math.e
      let isRough = math.isRough && math.hasScaling(x)
      t = e.fmin(math.number(x, isRough ? VectorMath.roughGaussianEnd : VectorMath.gaussianEnd), e.fabs(x))
      if isRough {
        power = math.roughPower(e.fmul(e.fmul(t, t), math.number(x, -0.72134752044448170)))
        let d = math.mulAdd(t, math.number(x, 0.33), math.number(x, 1))
        ratio = math.polynomial(e.approximateReciprocal(d), VectorMath.roughTailCoefficients)
        return
      }
      power = math.gaussian(t)
      let u = e.fdiv(math.number(x, 1), math.mulAdd(t, math.number(x, 0.28125), math.number(x, 1)))
      ratio = math.polynomial(u, VectorMath.tailCoefficients)
    }
  }

  /// From here on scaling rounds e^(−t²/2) to 0.
  private static let roughGaussianEnd = 14.5

  /// R of `Tail` in 1 / (1 + 0.33·t): relative error 5.5e-5.
  private static let roughTailCoefficients: [Double] = [
    0x1.002a2ep-11, 0x1.fabc24p-4, 0x1.7329cap-3, -0x1.10654ep-5, 0x1.42f8a2p-2, -0x1.66a348p-4,
  ]

  /// R of `Tail` for 0 ≤ t ≤ 14: relative error 2.9e-8.
  private static let tailCoefficients: [Double] = [
    0x1.b385fcp-17, 0x1.ca66eap-4, 0x1.d6b772p-4, 0x1.6cf95ap-4, 0x1.0aea88p-3, -0x1.84b97p-6, 0x1.ee7284p-4,
    -0x1.9f1e58p-7, -0x1.7d2a8ep-5, 0x1.04ea2ep-6,
  ]
}
