import LLVMKit

extension VectorMath {
  /// The natural logarithm. f32: within 0.8 ulp, subnormal arguments too; log 0 = −∞, of a negative number NaN.
  ///
  /// x = 2ᵏ·m with √½ ≤ m < √2, f = m − 1: log x = k·ln 2 + f − f²/2 + f³·P(f).
  package func log(_ x: Value) -> Value {
    if isDouble(x) { return lanewise("log", x) }
    let integer = x.type.asInteger
    func whole(_ value: Int) -> Value { e.constant(integer, value) }

    let isSubnormal = e.fcmp(.olt, x, number(x, 0x1p-126))
    let normal = e.select(isSubnormal, e.fmul(x, number(x, 0x1p25)), x)
    let sqrtHalf = 0x3F35_04F3
    let bits = e.add(e.bitcast(normal, to: integer), whole(0x3F80_0000 - sqrtHalf))
    let bias = e.select(isSubnormal, whole(127 + 25), whole(127))
    let k = e.sitofp(e.sub(e.lshr(bits, whole(23)), bias), to: e.f32)
    let m = e.bitcast(e.add(e.and(bits, whole(0x7F_FFFF)), whole(sqrtHalf)), to: x.type)

    let f = e.fsub(m, number(x, 1))
    let square = e.fmul(f, f)
    var sum = e.fmul(e.fmul(f, square), polynomial(f, Self.logCoefficients))
    sum = mulAdd(k, number(x, -Self.ln2Rest), sum)
    sum = e.fadd(f, mulAdd(square, number(x, -0.5), sum))
    sum = mulAdd(k, number(x, Self.ln2High), sum)

    sum = e.select(e.fcmp(.oeq, x, number(x, .infinity)), x, sum)
    sum = e.select(e.fcmp(.oeq, x, number(x, 0)), number(x, -.infinity), sum)
    return e.select(e.fcmp(.ult, x, number(x, 0)), number(x, .nan), sum)
  }

  /// P of log(1 + f) = f − f²/2 + f³·P(f) for √½ ≤ 1 + f ≤ √2: relative error 7.7e-10.
  private static let logCoefficients: [Double] = [
    0x1.555548p-2, -0x1.000006p-2, 0x1.99a476p-3, -0x1.555c44p-3, 0x1.233ba2p-3, -0x1.fc28cap-4, 0x1.e6c00ap-4,
    -0x1.de01dcp-4, 0x1.14733ep-4,
  ]
}
