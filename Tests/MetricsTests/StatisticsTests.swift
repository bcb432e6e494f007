import Metrics
import Support
import Testing

/// Against SciPy.
@Suite struct StatisticsTests {
  @Test func testsOfDifferencesAreThoseOfSciPy() throws {
    let groups = try #require(try sample("statistics")["groups"]?.elements)
    #expect(groups.count == 6)
    for group in groups {
      let comparison = try #require(PairedComparison(group["a"]!.doubles, group["b"]!.doubles))
      #expect(agree(comparison.first.mean, group["mean_a"]?.doubleValue))
      #expect(agree(comparison.first.standardDeviation, group["sd_a"]?.doubleValue, within: 1e-9))
      try expect(comparison.welch, group["welch"])
      try expect(comparison.paired, group["paired"])
    }
  }

  private func expect(_ test: TTest?, _ expected: JSON?) throws {
    guard let expected else { return #expect(test == nil) }
    let test = try #require(test)
    #expect(agree(test.statistic, expected["t"]?.doubleValue, within: 1e-8))
    #expect(agree(test.degreesOfFreedom, expected["df"]?.doubleValue, within: 1e-8))
    #expect(agree(test.p, expected["p"]?.doubleValue, within: 1e-8))
  }

  @Test func theIncompleteBetaFunctionIsThatOfSciPy() throws {
    let sample = try sample("statistics")
    let beta = try #require(sample["beta"]?.elements).map(\.doubles)
    #expect(beta.count == 49)
    for row in beta {
      let found = regularizedIncompleteBeta(row[0], row[1], share: row[2], rest: 1 - row[2])
      #expect(abs(found - row[3]) <= 1e-11 * row[3], "I(\(row[0]), \(row[1]), \(row[2])) = \(found)")
    }
    for row in try #require(sample["student"]?.elements).map(\.doubles) {
      let (square, df) = (row[0] * row[0], row[1])
      let found = regularizedIncompleteBeta(df / 2, 0.5, share: df / (df + square), rest: square / (df + square))
      #expect(abs(found - row[2]) <= 1e-9 * row[2] + 1e-300, "t = \(row[0]), df = \(df): \(found)")
    }
    #expect(regularizedIncompleteBeta(2, 3, share: 0, rest: 1) == 0)
    #expect(regularizedIncompleteBeta(2, 3, share: 1, rest: 0) == 1)
  }

  @Test func oneSeedHasNoSpreadAndNoTest() throws {
    let comparison = try #require(PairedComparison([0.8], [0.7]))
    #expect(comparison.first.standardDeviation == nil && comparison.welch == nil && comparison.paired == nil)
    #expect(agree(comparison.difference, 0.1))
    #expect(comparison.json["first"] == ["mean": 0.8, "sd": .null, "n": 1])
    #expect(PairedComparison([], [1]) == nil)
  }

  @Test func equalValuesHaveNoSpreadToTestAgainst() throws {
    let comparison = try #require(PairedComparison([0.9, 0.9, 0.9], [0.8, 0.8, 0.8]))
    #expect(comparison.first.standardDeviation == 0 && comparison.welch == nil && comparison.paired == nil)
  }

  @Test func meansTakeWhatIsThere() {
    #expect(meanOfDefined([1, nil, 2]) == 1.5)
    #expect(meanOfDefined([nil, nil]) == nil)
  }

  @Test func percentilesLieBetweenNeighbours() throws {
    // Of 0 … 40 the 2.5th percentile is at place 1, the 97.5th at 39; of 0 … 4 at 0.1 and 3.9.
    let wide = try #require(Interval((0...40).reversed().map(Double.init)))
    #expect(agree(wide.low, 1) && agree(wide.high, 39))
    let narrow = try #require(Interval([3, 1, 0, 4, 2]))
    #expect(agree(narrow.low, 0.1) && agree(narrow.high, 3.9) && narrow.replicates == 5)
    #expect(Interval([]) == nil)
  }
}
