import Glibc

/// The regularised incomplete beta function I_x(a, b) for x = `share` and 1 − x = `rest`, both given so that neither loses
/// digits near 0; `a`, `b` > 0. By its continued fraction (DLMF 8.17.22), evaluated from the front by the modified Lentz method.
public func regularizedIncompleteBeta(_ a: Double, _ b: Double, share: Double, rest: Double) -> Double {
  if share <= 0 { return 0 }
  if rest <= 0 { return 1 }
  // The fraction converges fast below the mean; beyond it the mirrored one does.
  if share > (a + 1) / (a + b + 2) { return 1 - regularizedIncompleteBeta(b, a, share: rest, rest: share) }
  let logarithm = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(share) + b * log(rest)
  return exp(logarithm) / a * betaFraction(a, b, share)
}

private func logGamma(_ value: Double) -> Double {
  var sign: CInt = 0
  return lgamma_r(value, &sign)
}

/// 1 / (1 + d₁ / (1 + d₂ / (1 + …))).
private func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
  let least = 1e-300
  func kept(_ value: Double) -> Double { abs(value) < least ? least : value }
  var ratio = 1.0
  var inverse = 1 / kept(1 - (a + b) * x / (a + 1))
  var result = inverse
  for index in 1...100_000 {
    let m = Double(index)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    var change = 1.0
    for term in [even, odd] {
      inverse = 1 / kept(1 + term * inverse)
      ratio = kept(1 + term / ratio)
      change = ratio * inverse
      result *= change
    }
    if abs(change - 1) < 1e-15 { break }
  }
  return result
}
