import Metrics
import Support
import Testing

@Suite struct RegressionTests {
  @Test func numbersAreThoseOfScikitLearn() throws {
    let sample = try sample("regression")
    let values = try #require(sample["values"]?.elements).map { $0.doubleValue.map(Float.init) ?? .nan }
    let report = try RegressionReport(
      columns: ["a", "b", "flat"], predictions: try #require(sample["predictions"]).floats, values: values)
    let rows = try #require(sample["rows"]?.elements)
    for (row, expected) in zip(report.rows, rows) {
      #expect(row.count == expected["count"]?.intValue)
      #expect(agree(row.r2, expected["r2"]?.doubleValue))
      #expect(agree(row.meanAbsoluteError, expected["mae"]?.doubleValue))
      #expect(agree(row.rootMeanSquaredError, expected["rmse"]?.doubleValue))
    }
    #expect(report.leftOut == ["flat"] && report.rows[1].count < 40)
    let known = rows.compactMap { $0["r2"]?.doubleValue }
    #expect(agree(report.meanR2, known.reduce(0, +) / 2))
    #expect(report.text.hasSuffix("left out of the mean: flat (values that do not vary)\n"))
    #expect(report.json["undefined"] == ["flat"])
  }

  @Test func aPredictionThatIsNotFiniteIsNamed() {
    let error = #expect(throws: Diagnostic.self) {
      try RegressionReport(columns: ["age", "weight"], predictions: [1, 2, 3, .infinity], values: [1, 2, 3, 4])
    }
    #expect(error?.message == "column 'weight': the prediction of record 1 is not finite")
  }
}
