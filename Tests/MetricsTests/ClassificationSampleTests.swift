import Metrics
import Support
import Testing

/// A report against scikit-learn, and its intervals against scikit-learn on the records drawn by a Philox of the script's own.
@Suite struct ClassificationSampleTests {
  let sample: JSON
  let report: ClassificationReport
  let scores: [Float]
  let labels: [Int8]

  init() throws {
    sample = try MetricsTests.sample("classification")
    scores = try #require(sample["scores"]).floats
    labels = try #require(sample["labels"]).doubles.map { Int8($0) }
    report = try ClassificationReport(
      classes: try #require(sample["classes"]?.elements).compactMap(\.stringValue), scores: scores, labels: labels,
      thresholds: try #require(sample["thresholds"]).floats, replicates: try #require(sample["replicates"]?.intValue),
      seed: UInt64(try #require(sample["seed"]?.intValue)), threads: 2)
  }

  @Test(arguments: Measure.allCases) func valuesAndIntervalsAreThoseOfScikitLearn(_ measure: Measure) throws {
    #expect(report.rows.count == 8)
    for (index, row) in report.rows.enumerated() where !row.ranked.hasOneLabelOnly {
      let value = try #require(sample["values"]?[index]?[measure.rawValue]?.doubleValue)
      #expect(agree(row[measure].value, value), "\(row.name)")
      try expect(row[measure].interval, sample["intervals"]?[index]?[measure.rawValue], row.name)
    }
    #expect(agree(report[mean: measure].value, try #require(sample["mean"]?[measure.rawValue]?.doubleValue)))
    try expect(report[mean: measure].interval, sample["mean_intervals"]?[measure.rawValue], "mean")
  }

  private func expect(_ interval: Interval?, _ expected: JSON?, _ name: String) throws {
    let interval = try #require(interval)
    #expect(agree(interval.low, expected?["low"]?.doubleValue), "\(name)")
    #expect(agree(interval.high, expected?["high"]?.doubleValue), "\(name)")
    #expect(interval.replicates == expected?["replicates"]?.intValue, "\(name)")
  }

  @Test func classesOfOneLabelAreLeftOutAndNamed() {
    #expect(report.leftOut == ["no positive", "no negative"])
    for row in report.rows where row.ranked.hasOneLabelOnly {
      for measure in [Measure.auroc, .averagePrecision, .balancedAccuracy] { #expect(row[measure].value == nil) }
      #expect(row.ranked.rocCurve == nil && row[.accuracy].value != nil && row[.accuracy].interval == nil)
    }
    #expect(report.text.contains("left out of the mean: no positive, no negative (one label only)"))
    #expect(report.json["undefined"] == ["no positive", "no negative"])
  }

  @Test func curvesThresholdsAndCalibrationAreThoseOfScikitLearn() throws {
    for (row, expected) in zip(report.rows, try #require(sample["extra"]?.elements)) {
      #expect(row.positives == expected["positives"]?.intValue && row.negatives == expected["negatives"]?.intValue)
      let calibration = try #require(row.calibration)
      #expect(agree(calibration.brier, expected["brier"]?.doubleValue))
      #expect(calibration.bins.map(\.count).reduce(0, +) == row.positives + row.negatives)
      guard let curve = row.ranked.rocCurve else { continue }
      #expect(
        zip(calibration.bins.compactMap(\.meanScore), expected["mean_score"]?.doubles ?? []).allSatisfy {
          agree($0, $1)
        })
      #expect(calibration.bins.compactMap(\.sharePositive).count == expected["share_positive"]?.doubles.count)
      #expect(
        zip(calibration.bins.compactMap(\.sharePositive), expected["share_positive"]?.doubles ?? []).allSatisfy {
          agree($0, $1)
        })
      #expect(row.ranked.bestF1Threshold == expected["best_threshold"]?.doubleValue.map(Float.init))
      #expect(curve.map(\.falsePositiveRate) == expected["fpr"]?.doubles)
      #expect(curve.map(\.truePositiveRate) == expected["tpr"]?.doubles)
      #expect(curve.dropFirst().map(\.threshold) == expected["roc_thresholds"]?.floats)
    }
  }

  @Test func aSampleDrawsTheRecordsOfItsSeed() throws {
    let records = try #require(sample["records"]?.intValue)
    var expected = [UInt32](repeating: 0, count: records)
    for record in try #require(sample["drawn"]).doubles { expected[Int(record)] += 1 }
    #expect(Bootstrap.counts(records: records, seed: report.seed, replicate: 3) == expected)
  }

  @Test(arguments: [1, 3]) func anyNumberOfThreadsGivesTheSame(_ threads: Int) throws {
    let again = try ClassificationReport(
      classes: report.rows.map(\.name), scores: scores, labels: labels, thresholds: report.rows.map(\.threshold),
      replicates: report.replicates, seed: report.seed, threads: threads)
    #expect(again == report && again.json.compact == report.json.compact)
    let other = try ClassificationReport(
      classes: report.rows.map(\.name), scores: scores, labels: labels, replicates: report.replicates, seed: 12)
    #expect(other[mean: .auroc].value == report[mean: .auroc].value)
    #expect(other[mean: .auroc].interval != report[mean: .auroc].interval)
  }
}
