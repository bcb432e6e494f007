import Metrics
import Support
import Testing

/// Cases small enough for paper.
@Suite struct RankedScoresTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var scores: [Float]
    var labels: [Int8]
    var auroc: Double?
    var averagePrecision: Double?
    var threshold: Float?
    var testDescription: String { name }
  }

  static let cases = [
    // Pairs: (0.9, 0.5), (0.9, 0.1) ahead, (0.5, 0.5) tied, (0.5, 0.1) ahead: 3.5 of 4. AP = ½ · 1 + ½ · 2/3.
    Case(
      name: "one tie", scores: [0.9, 0.5, 0.5, 0.1], labels: [1, 1, 0, 0], auroc: 0.875, averagePrecision: 5.0 / 6,
      threshold: 0.5),
    Case(
      name: "all tied", scores: [2, 2, 2, 2], labels: [1, 0, 0, 0], auroc: 0.5, averagePrecision: 0.25, threshold: 2),
    Case(
      name: "inverted", scores: [-1, -2, -3], labels: [0, 0, 1], auroc: 0, averagePrecision: 1.0 / 3, threshold: -3),
    Case(
      name: "perfect", scores: [-0.5, 3, .infinity, -.infinity], labels: [0, 1, 1, 0], auroc: 1, averagePrecision: 1,
      threshold: 3),
    Case(
      name: "both zeros are equal", scores: [0, -0.0], labels: [0, 1], auroc: 0.5, averagePrecision: 0.5, threshold: 0),
    Case(
      name: "not known", scores: [0.9, .nan, 0.8, 0.1], labels: [1, -1, -1, 0], auroc: 1, averagePrecision: 1,
      threshold: 0.9),
    // F1 is 2/3 from 4 on (1 of 1, 2 positives), 1/2 from 3 on, 2/5 … and 2/3 again from 1 on.
    Case(
      name: "equal F1 takes the larger threshold", scores: [4, 3, 2, 1], labels: [1, 0, 0, 1], auroc: 0.5,
      averagePrecision: 0.75, threshold: 4),
    Case(name: "no positive", scores: [1, 2], labels: [0, 0], auroc: nil, averagePrecision: nil, threshold: nil),
    Case(name: "no negative", scores: [1, 2], labels: [1, 1], auroc: nil, averagePrecision: 1, threshold: 1),
    Case(name: "nothing known", scores: [1, 2], labels: [-1, -1], auroc: nil, averagePrecision: nil, threshold: nil),
    Case(name: "nothing", scores: [], labels: [], auroc: nil, averagePrecision: nil, threshold: nil),
  ]

  @Test(arguments: cases) func numbersAreThoseOfPaper(_ one: Case) throws {
    let ranked = try RankedScores(scores: one.scores, labels: one.labels)
    #expect(ranked.auroc == one.auroc)
    #expect(agree(ranked.averagePrecision, one.averagePrecision, within: 1e-15))
    #expect(ranked.bestF1Threshold == one.threshold)
    #expect((ranked.rocCurve == nil) == (one.auroc == nil))
  }

  @Test func aRocCurveHasBothCornersAndOnePointPerScore() throws {
    let curve = try #require(try RankedScores(scores: [0.9, 0.5, 0.5, 0.1], labels: [1, 1, 0, 0]).rocCurve)
    #expect(curve.map(\.falsePositiveRate) == [0, 0, 0.5, 1] && curve.map(\.truePositiveRate) == [0, 0.5, 1, 1])
    #expect(curve.map(\.threshold) == [.infinity, 0.9, 0.5, 0.1])
  }

  @Test func decisionsCountTheThresholdItself() throws {
    let ranked = try RankedScores(scores: [0.9, 0.5, 0.5, 0.1, 0.7], labels: [1, 1, 0, 0, 0])
    let at = ranked.confusion(at: 0.5)
    #expect(at == Confusion(truePositives: 2, falsePositives: 2, trueNegatives: 1, falseNegatives: 0))
    #expect(at.accuracy == 0.6 && at.sensitivity == 1 && agree(at.specificity, 1.0 / 3) && agree(at.f1, 4.0 / 6))
    #expect(agree(at.balancedAccuracy, 2.0 / 3))
    let above = ranked.confusion(at: Float(0.5).nextUp)
    #expect(above == Confusion(truePositives: 1, falsePositives: 1, trueNegatives: 2, falseNegatives: 1))
    #expect(ranked.confusion(at: 2).truePositives == 0 && ranked.confusion(at: -1).trueNegatives == 0)
    #expect(Confusion().accuracy == nil && Confusion().f1 == nil && Confusion().balancedAccuracy == nil)
  }

  @Test func whatIsNoScoreOrNoLabelIsNamed() {
    let classes = ["Edema", "Fracture"]
    let nan = problem {
      _ = try ClassificationReport(classes: classes, scores: [0, 0, 0, 0, 0, .nan], labels: [0, 1, 1, 0, 0, 1])
    }
    #expect(nan?.message == "class 'Fracture': the score of record 2 is not a number" && nan?.code == .badData)
    let label = problem {
      _ = try ClassificationReport(classes: classes, scores: [0, 0, 0, 0], labels: [0, 1, 2, 0])
    }
    #expect(label?.message == "class 'Edema': the label of record 1 is 2, expected 0, 1 or -1 for not known")
    let empty = problem { _ = try ClassificationReport(classes: classes, scores: [], labels: []) }
    #expect(empty?.message == "there are no records to measure")
  }

  private func problem(_ body: () throws -> Void) -> Diagnostic? {
    do {
      try body()
      return nil
    } catch { return error as? Diagnostic }
  }

  @Test func calibrationNeedsProbabilities() throws {
    #expect(Calibration(scores: [0.2, 1.5], labels: [0, 1]) == nil)
    #expect(Calibration(scores: [0.2], labels: [-1]) == nil)
    let calibration = try #require(Calibration(scores: [0, 0.05, 0.5, 1, 7], labels: [0, 1, 1, 1, -1]))
    #expect(calibration.bins.map(\.count) == [2, 0, 0, 0, 1, 0, 0, 0, 0, 1])
    #expect(calibration.bins[0].sharePositive == 0.5 && calibration.bins[1].meanScore == nil)
    #expect(agree(calibration.brier, (0.95 * 0.95 + 0.25) / 4, within: 1e-7))
    #expect(agree(calibration.expectedError, (0.95 + 0.5) / 4, within: 1e-7))
  }
}
