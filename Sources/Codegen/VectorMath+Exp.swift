import LLVMKit

extension VectorMath {
  /// eˣ. f32: within 1 ulp (subnormal results too); overflow gives ∞, e^−∞ = 0, NaN stays NaN.
  package func exp(_ x: Value) -> Value {
    if isDouble(x) { return lanewise("exp", x) }
    return expNotAbove89(e.fmin(number(x, 89), x))
  }

  /// eˣ of a soft-max, f32, x at most 89 or NaN; e^−∞ = 0. Where its results are rounded to bf16 (`isRough`), within
  /// 1e-5 of the value for x ≥ −80.
  package func expOfDifference(_ x: Value) -> Value {
    guard isRough, hasScaling(x) else { return exp(x) }
    return roughPower(e.fmax(number(x, -151), e.fmul(x, number(x, Self.log2e))))
  }

  /// eˣ in f32 for x ≤ 89 or NaN.
  ///
  /// Cody and Waite: x = n·ln 2 + r with |r| ≤ ½ ln 2, then eˣ = 2ⁿ · (1 + r + r²·P(r)). Adding 1.5·2²³ rounds n to an
  /// integer and leaves it in the low bits of the sum.
  func expNotAbove89(_ x: Value) -> Value {
    let x = e.fmax(number(x, -104), x)
    let magic = number(x, Self.rounding)
    let shifted = mulAdd(x, number(x, Self.log2e), magic)
    let n = e.fsub(shifted, magic)
    var r = mulAdd(n, number(x, -Self.ln2High), x)
    r = mulAdd(n, number(x, Self.ln2Rest), r)
    let p = polynomial(r, Self.expCoefficients)
    let mantissa = e.fadd(mulAdd(e.fmul(r, r), p, r), number(x, 1))
    return scale(mantissa, n: n, shifted: shifted, magic: magic)
  }

  /// e^(−t²/2) in f32 for 0 ≤ t ≤ `gaussianEnd`, or NaN: there it is 0, and also for NaN.
  ///
  /// As above, but that −t²/2 − n·ln 2 is rounded once, t² never: its rounding would be most of the error for large t. All
  /// results are normal numbers, so that n is added to the exponent.
  func gaussian(_ t: Value) -> Value {
    let half = e.fmul(t, number(t, -0.5))
    let magic = number(t, Self.rounding)
    let shifted = mulAdd(e.fmul(half, t), number(t, Self.log2e), magic)
    let n = e.fsub(shifted, magic)
    let r = mulAdd(n, number(t, Self.ln2Rest), mulAdd(half, t, e.fmul(n, number(t, -Self.ln2High))))
    let p = polynomial(r, [1, 1] + Self.expCoefficients)
    let integer = t.type.asInteger
    let power =
      hasScaling(t)
      ? e.scaleByPower(p, n)
      : e.bitcast(
        e.add(e.bitcast(p, to: integer), e.shl(e.bitcast(shifted, to: integer), e.constant(integer, 23))), to: t.type)
    return e.select(e.fcmp(.olt, t, number(t, Self.gaussianEnd)), power, number(t, 0))
  }

  /// 1.5·2²³: added to a number of f32, it leaves the nearest integer in the low bits of the sum.
  private static let rounding = 12_582_912.0
  private static let log2e = 1.4426950408889634
  /// ln 2 = `ln2High` − `ln2Rest`: few digits, so that its product with a small integer is exact, and the others.
  static let ln2High = 0.693359375
  static let ln2Rest = 2.1219444005469057e-4

  /// From here on e^(−t²/2), 1.7e-38 and hardly a normal number any more, counts as 0.
  static let gaussianEnd = 13.1875

  /// Whether a power of two scales a vector in one instruction, and another takes what lies behind the point.
  func hasScaling(_ x: Value) -> Bool { x.lanes == 16 && e.module.target.has("avx512dq") }

  /// 2ʸ for finite y where `hasScaling`: relative error 2.7e-6.
  ///
  /// y − ⌊y⌋ is one instruction, and scaling rounds its exponent down by itself.
  func roughPower(_ y: Value) -> Value {
    e.scaleByPower(polynomial(e.fractionAboveFloor(y), Self.roughPowerCoefficients), y)
  }

  /// 2ᶠ for 0 ≤ f < 1.
  private static let roughPowerCoefficients: [Double] = [
    0x1.00002cp+0, 0x1.62d166p-1, 0x1.ee798ap-3, 0x1.aa13fp-5, 0x1.bb7cd2p-7,
  ]

  /// P of eʳ = 1 + r + r²·P(r) for |r| ≤ ½ ln 2: relative error 3.1e-9.
  private static let expCoefficients: [Double] = [
    0x1.fffffcp-2, 0x1.555492p-3, 0x1.5558bp-5, 0x1.12398ep-7, 0x1.6a4d6p-10,
  ]

  /// mantissa · 2ⁿ, rounded once: one instruction on AVX-512, elsewhere a product with each half of 2ⁿ.
  private func scale(_ mantissa: Value, n: Value, shifted: Value, magic: Value) -> Value {
    let lanes = mantissa.lanes
    if e.module.target.has("avx512f"), lanes % 16 == 0 {
      var parts: [Value] = []
      for start in stride(from: 0, to: lanes, by: 16) {
        let part = lanes == 16 ? mantissa : e.slice(mantissa, from: start, count: 16)
        let exponent = lanes == 16 ? n : e.slice(n, from: start, count: 16)
        parts.append(e.scaleByPower(part, exponent))
      }
      while parts.count > 1, parts.count % 2 == 0 {
        parts = stride(from: 0, to: parts.count, by: 2).map { e.concat(parts[$0], parts[$0 + 1]) }
      }
      if parts.count == 1 { return parts[0] }
    }
    let integer = mantissa.type.asInteger
    return e.scaleByHalves(mantissa, e.sub(e.bitcast(shifted, to: integer), e.bitcast(magic, to: integer)))
  }
}
