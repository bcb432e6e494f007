import LLVMKit

extension VectorMath {
  /// The error function 2/√π ∫₀ˣ e^−t² dt. f32: within 1 ulp; erf ±∞ = ±1.
  ///
  /// Below |x| = 1: x + x·P(x²); above: 1 − e^Q(|x|) with the sign of x, where Q approximates log erfc.
  package func erf(_ x: Value) -> Value {
    if isDouble(x) { return lanewise("erf", x) }
    let magnitude = e.fabs(x)
    let small = mulAdd(x, polynomial(e.fmul(x, x), Self.erfCoefficients), x)
    let exponent = polynomial(e.fmin(number(x, 4), magnitude), Self.logErfcCoefficients)
    let large = e.copysign(e.fsub(number(x, 1), expNotAbove89(exponent)), x)
    return e.select(e.fcmp(.olt, magnitude, number(x, 1)), small, large)
  }

  /// P of erf x = x + x·P(x²) for |x| ≤ 1: relative error 1.4e-9.
  private static let erfCoefficients: [Double] = [
    0x1.06eba8p-3, -0x1.81273ep-2, 0x1.ce2ce6p-4, -0x1.b7f71ap-6, 0x1.53f224p-8, -0x1.a3515ep-11, 0x1.4771fcp-14,
  ]

  /// Q ≈ log erfc x for 1 ≤ x ≤ 4: error of 1 − e^Q against erf 2.3e-11.
  private static let logErfcCoefficients: [Double] = [
    0x1.8b3e3ap-13, -0x1.212c2cp+0, -0x1.4434f6p-1, -0x1.bc1898p-4, 0x1.9d0b46p-6, -0x1.139840p-8, 0x1.cee94p-12,
    -0x1.6c0596p-16,
  ]
}
