import Metrics
import Pictures
import Support
import Testing

@Suite struct ClassificationPictureTests {
  /// Scores of class k are its labels with a tie in the middle; the last class has no positive.
  static func report(classes: Int, records: Int = 60, scale: Float = 1) throws -> ClassificationReport {
    var stream = RandomStream(seed: 5, purpose: .order, epoch: 0, index: 0)
    var labels: [Int8] = []
    var scores: [Float] = []
    for _ in 0..<records {
      for column in 0..<classes {
        let isPositive = column + 1 < max(2, classes) && stream.nextFloat() < 0.4
        labels.append(isPositive ? 1 : 0)
        scores.append(scale * (0.5 * stream.nextFloat() + (isPositive ? 0.4 : 0.1)))
      }
    }
    let names = (0..<classes).map { "Class <\($0)>" }
    return try ClassificationReport(classes: names, scores: scores, labels: labels, replicates: 20)
  }

  @Test func everyClassIsListedAndDrawn() throws {
    let report = try Self.report(classes: 15)
    let svg = ROCSVG.render(title: "test & list", report: report)
    #expect(isWellFormed(svg) && svg == ROCSVG.render(title: "test & list", report: report))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    for row in report.rows.dropLast() {
      #expect(svg.contains("Class &lt;\(report.rows.firstIndex { $0.name == row.name }!)&gt;"))
      #expect(svg.contains(">\(row[.auroc].value!.fixed(3))</text>"))
    }
    #expect(svg.contains(">\(report[mean: .auroc].value!.fixed(3))</text>"))
    #expect(svg.components(of: "one label only") == 1)
    #expect(svg.components(of: "<title>") == report.calibration?.bins.filter { $0.count > 0 }.count)
  }

  @Test func noTwoClassesLookTheSame() throws {
    let svg = ROCSVG.render(title: "", report: try Self.report(classes: 15))
    let styles = svg.split(separator: "\n").filter { $0.contains("stroke-width=\"2.4\"") }.map { line in
      line.split(separator: "stroke=\"")[1]
    }
    #expect(styles.count == 14 && Set(styles).count == 14)
  }

  @Test func aCurveGoesFromCornerToCorner() throws {
    let labels: [Int8] = [1, 0, 1, 0]
    let report = try ClassificationReport(classes: ["a"], scores: [0.9, 0.8, 0.7, 0.1], labels: labels, replicates: 0)
    let svg = ROCSVG.render(title: "", report: report)
    // 400 pixels a side from (70, 484) up: half the positives, half the negatives, the rest of each.
    #expect(svg.contains("d=\"M70 484L70 284L270 284L270 84L470 84\""))
    #expect(!svg.contains("mean</text>") && !svg.contains("interval"))
  }

  @Test func manyRecordsMakeNoLargePicture() throws {
    let svg = ROCSVG.render(title: "", report: try Self.report(classes: 5, records: 20_000))
    #expect(svg.utf8.count < 120_000)
  }

  @Test func scoresThatAreNoProbabilitiesHaveNoReliability() throws {
    let svg = ROCSVG.render(title: "", report: try Self.report(classes: 2, scale: 10))
    #expect(isWellFormed(svg) && svg.contains("the scores are no probabilities") && !svg.contains("Brier"))
  }
}

extension String {
  fileprivate func components(of part: String) -> Int {
    split(separator: part, omittingEmptySubsequences: false).count - 1
  }
}
