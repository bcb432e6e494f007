import Support

/// Two groups of repeated measurements, as of two kinds of initial weights over the same seeds: each group's mean and spread,
/// their difference, and whether it is more than chance.
public struct PairedComparison: Sendable, Hashable {
  /// Mean and spread of the first group.
  public let first: SampleSummary
  /// Mean and spread of the second group.
  public let second: SampleSummary
  /// Mean of the first less that of the second.
  public var difference: Double { first.mean - second.mean }
  /// The test of two groups that have nothing to do with each other; nil with fewer than two values or no spread.
  public let welch: TTest?
  /// Pairs are values at the same place; nil when the groups are not equally large.
  public let paired: TTest?

  /// Nil when a group is empty.
  public init?(_ first: [Double], _ second: [Double]) {
    guard let a = SampleSummary(first), let b = SampleSummary(second) else { return nil }
    self.first = a
    self.second = b
    welch = TTest(welch: a, b)
    let differences = first.count == second.count ? SampleSummary(zip(first, second).map { $0 - $1 }) : nil
    paired = differences.flatMap { TTest(paired: $0) }
  }

  /// `{"first": {mean, sd, n}, "second": …, "difference": …, "welch": {t, df, p} | null, "paired": … | null}`.
  public var json: JSON {
    [
      "first": first.json, "second": second.json, "difference": .number(difference), "welch": welch?.json ?? .null,
      "paired": paired?.json ?? .null,
    ]
  }
}

extension SampleSummary {
  /// `{"mean": …, "sd": … | null, "n": …}`.
  public var json: JSON {
    ["mean": .number(mean), "sd": standardDeviation.map(JSON.number) ?? .null, "n": .integer(count)]
  }
}

extension TTest {
  /// `{"t": …, "df": …, "p": …}`.
  public var json: JSON { ["t": .number(statistic), "df": .number(degreesOfFreedom), "p": .number(p)] }
}
