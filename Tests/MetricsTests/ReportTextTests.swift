import Metrics
import Support
import Testing

@Suite struct ReportTextTests {
  @Test func columnsAreAligned() throws {
    let report = try ClassificationReport(
      classes: ["Edema", "Pleural Effusion"], scores: [0.9, 0.2, 0.4, 0.6, 0.1, 0.3], labels: [1, 0, 0, 0, 0, 0],
      replicates: 0)
    #expect(
      report.text == """
        class             positives  negatives   AUROC      AP  threshold  accuracy      F1
        Edema                     1          2  1.0000  1.0000        0.5    1.0000  1.0000
        Pleural Effusion          0          3       -       -        0.5    0.6667  0.0000
        mean                                    1.0000  1.0000               1.0000  1.0000
        left out of the mean: Pleural Effusion (one label only)

        """)
    #expect(report.json["classes"]?[0]?["auroc"] == ["value": 1.0])
    #expect(report.json["classes"]?[1]?["auroc"]?["value"]?.isNull == true)
  }

  @Test func aClassWithoutAnyLabelHasNoNumbers() throws {
    let report = try ClassificationReport(classes: ["a"], scores: [0.5, 0.6], labels: [-1, -1], replicates: 10)
    for measure in Measure.allCases {
      #expect(report.rows[0][measure] == Estimate(nil) && report[mean: measure] == Estimate(nil))
    }
    #expect(report.calibration == nil && report.leftOut == ["a"])
  }

  @Test func intervalsSayOnWhatTheyStand() throws {
    let report = try ClassificationReport(
      classes: ["a"], scores: [0.9, 0.2, 0.4, 0.6], labels: [1, 0, 0, 1], replicates: 40, seed: 3)
    #expect(report.text.contains("1.0000 [1.0000, 1.0000]"))
    #expect(report.text.hasSuffix("[95 % intervals: 40 bootstrap samples of 4 records, seed 3]\n"))
    let drawn = try #require(report.json["classes"]?[0]?["auroc"]?["replicates"]?.intValue)
    #expect(drawn < 40 && drawn > 25)
  }
}
