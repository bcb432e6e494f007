import Support
import Testing

extension CommandLineTests {
  @Suite struct BenchTests {
    /// The one row of the report.
    private func step(_ sides: String, runs: Int = 3) throws -> JSON {
      let outcome = try Tool.run(
        "mrmc bench step --model mrm-nano --batch 2 --threads 2 -r \(runs) --format json \(sides)")
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

    @Test(arguments: [2, 3])
    func bothSidesOfAStep(runs: Int) throws {
      let row = try step("--fused --unfused", runs: runs)
      let (fused, unfused) = try (#require(row["median_s"]?.doubleValue), #require(row["unfused_s"]?.doubleValue))
      let ratio = try #require(row["ratio"]?.doubleValue)
      #expect(row["fused"] == true)
      #expect(abs(ratio - unfused / fused) < 1e-6 * ratio)
      #expect(abs(try #require(row["records_per_s"]?.doubleValue) * fused - 2) < 1e-6)
      #expect(row["runs"]?.intValue == runs)
      // Without fusion there are more temporaries.
      let (few, many) = try (#require(row["planned_bytes"]?.intValue), #require(row["unfused_planned_bytes"]?.intValue))
      #expect(few < many)
    }

    @Test(arguments: ["-o", "--chart"])
    func aPlaceThatCannotBeWrittenIsSaidBeforeAnythingIsMeasured(_ flag: String) throws {
      let outcome = try Tool.run("mrmc bench step --model mrm-nano -r 1 \(flag) no/such/file")
      #expect(outcome.status == 74 && outcome.error.hasPrefix("no/such/file: error:"), "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }
  }
}
