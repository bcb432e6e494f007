import Support
import Testing

extension CommandLineTests {
  @Suite struct BenchTests {
    /// The one row of the report.
    private func step(_ sides: String) throws -> JSON {
      let outcome = try Tool.run("mrmc bench step --model mrm-nano --batch 2 --threads 2 -r 3 --format json \(sides)")
      try #require(outcome.status == 0, "\(outcome.errors)")
      let rows = try #require(try JSON.parse(outcome.output, file: "bench").elements)
      try #require(rows.count == 1, "\(outcome.output)")
      return rows[0]
    }

    @Test(arguments: [("", true), ("--fused", true), ("--unfused", false)])
    func oneSideOfAStep(sides: String, isFused: Bool) throws {
      let row = try step(sides)
      #expect(row["kernel"] == "step")
      #expect(row["fused"] == .bool(isFused))
      #expect(row["runs"]?.intValue == 3)
      #expect(try #require(row["median_s"]?.doubleValue) > 0)
      #expect(row["unfused_s"] == nil)
    }

    @Test func bothSidesOfAStep() throws {
      let row = try step("--fused --unfused")
      let (fused, unfused) = try (#require(row["median_s"]?.doubleValue), #require(row["unfused_s"]?.doubleValue))
      let ratio = try #require(row["ratio"]?.doubleValue)
      #expect(row["fused"] == true)
      #expect(abs(ratio - unfused / fused) < 1e-6 * ratio)
      #expect(row["runs"]?.intValue == 3)
      // Without fusion there are more temporaries.
      let (few, many) = try (#require(row["planned_bytes"]?.intValue), #require(row["unfused_planned_bytes"]?.intValue))
      #expect(few < many)
    }
  }
}
