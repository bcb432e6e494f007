/// Measures every class of a report, and their means, on all records or on a bootstrap sample.
struct ReportSampler: Sendable {
  let ranked: [RankedScores]
  /// For each class, how many of its scores reach its threshold.
  private let cuts: [Int]

  init(ranked: [RankedScores], thresholds: [Float]) {
    self.ranked = ranked
    cuts = zip(ranked, thresholds).map { $0.count(atOrAbove: $1) }
  }

  /// All measures of the first class, of the second and so on, then their means over the classes with both labels. With
  /// `counts`, those of the records; a class with one label only then has none.
  func measures(counts: UnsafeBufferPointer<UInt32>?) -> [Double?] {
    var values: [Double?] = []
    var sums = [Double](repeating: 0, count: Measure.allCases.count)
    var complete = 0
    for (ranked, cut) in zip(ranked, cuts) {
      let tally = counts.map { ranked.tally(cut: cut, counts: $0) } ?? ranked.tally(cut: cut)
      guard tally.auroc != nil else {
        values += Measure.allCases.map { measure in
          counts == nil && !measure.needsBothLabels ? measure.value(of: tally) : nil
        }
        continue
      }
      complete += 1
      for (index, measure) in Measure.allCases.enumerated() {
        let value = measure.value(of: tally)
        values.append(value)
        sums[index] += value ?? 0
      }
    }
    return values + sums.map { complete == 0 ? nil : $0 / Double(complete) }
  }
}
