/// A t-test of a difference of means against 0, two-sided.
public struct TTest: Sendable, Hashable {
  /// The difference over its standard error.
  public let statistic: Double
  /// By Welch and Satterthwaite no whole number; n − 1 of n pairs.
  public let degreesOfFreedom: Double
  /// Probability of a statistic at least as far from 0 if there were no difference.
  public let p: Double

  init(statistic: Double, degreesOfFreedom: Double) {
    self.statistic = statistic
    self.degreesOfFreedom = degreesOfFreedom
    let square = statistic * statistic
    p = regularizedIncompleteBeta(
      degreesOfFreedom / 2, 0.5, share: degreesOfFreedom / (degreesOfFreedom + square),
      rest: square / (degreesOfFreedom + square))
  }

  /// Welch's test of two groups whose variances may differ (Welch, 1947). Nil when a group has fewer than two values, or when
  /// neither group varies.
  public init?(welch first: SampleSummary, _ second: SampleSummary) {
    guard let a = first.standardDeviation, let b = second.standardDeviation else { return nil }
    let (na, nb) = (Double(first.count), Double(second.count))
    let (va, vb) = (a * a / na, b * b / nb)
    if va + vb == 0 { return nil }
    self.init(
      statistic: (first.mean - second.mean) / (va + vb).squareRoot(),
      degreesOfFreedom: (va + vb) * (va + vb) / (va * va / (na - 1) + vb * vb / (nb - 1)))
  }

  /// The test of differences of pairs. Nil for fewer than two, or when all are the same.
  public init?(paired differences: SampleSummary) {
    guard let deviation = differences.standardDeviation, deviation > 0 else { return nil }
    let count = Double(differences.count)
    self.init(statistic: differences.mean / (deviation / count.squareRoot()), degreesOfFreedom: count - 1)
  }
}
