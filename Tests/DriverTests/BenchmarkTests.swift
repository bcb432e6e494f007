import Driver
import Testing

@Suite struct BenchmarkTests {
  private static func benchmark(_ names: [String], _ change: (inout Benchmark) -> Void = { _ in }) -> Benchmark {
    var options = BuildOptions(model: "mrm-nano")
    options.batch = 2
    var benchmark = Benchmark(names, options)
    benchmark.runs = 2
    benchmark.threads = 2
    benchmark.format = .json
    change(&benchmark)
    return benchmark
  }

  private static func rows(_ benchmark: Benchmark, chart: Bool = false) throws -> [JSON] {
    let scratch = try Scratch()
    var benchmark = benchmark
    benchmark.output = scratch.path + "/out.json"
    if chart { benchmark.chart = scratch.path + "/chart.svg" }
    try benchmark.run()
    if chart { #expect(try readTextFile(scratch.path + "/chart.svg").contains("unfused")) }
    return try #require(try JSON.read(path: scratch.path + "/out.json").elements)
  }

  @Test(arguments: Benchmark.knownNames.filter { $0 != "step" })
  func everyKernelIsMeasuredBothWays(_ name: String) throws {
    let rows = try Self.rows(Self.benchmark([name]))
    let directions = rows.map { $0["direction"]?.stringValue }
    let whole = ["optimizer": ["step"], "lm-head": ["both"]]
    #expect(directions.prefix(2).compactMap { $0 } == whole[name] ?? ["forward", "backward"])
    for row in rows {
      #expect(row["kernel"]?.stringValue == name)
      let fused = try #require(row["fused_s"]?.doubleValue)
      let unfused = try #require(row["unfused_s"]?.doubleValue)
      #expect(fused > 0 && unfused > 0 && row["ratio"]?.doubleValue == unfused / fused)
      #expect(row["runs"]?.intValue == 2 && row["precision"] == "f32" && (row["spread"]?.doubleValue ?? -1) >= 0)
      #expect(try #require(row["unfused_bytes"]?.intValue) >= #require(row["fused_bytes"]?.intValue))
      // The head's steps are taken chunk by chunk.
      let chunks = name == "lm-head" ? 5 : 1
      #expect(try #require(row["unfused_kernels"]?.intValue) * chunks >= #require(row["fused_kernels"]?.intValue))
      #expect((row["shape"]?.members ?? []).isEmpty == false)
    }
  }

  @Test func fusingTakesFewerKernelsAndBytes() throws {
    for row in try Self.rows(Self.benchmark(["attention", "layernorm", "optimizer"]), chart: true) {
      #expect(try #require(row["unfused_kernels"]?.intValue) > #require(row["fused_kernels"]?.intValue))
      #expect(try #require(row["unfused_bytes"]?.intValue) > #require(row["fused_bytes"]?.intValue))
    }
  }

  @Test func oneSideLeavesTheOtherNull() throws {
    let rows = try Self.rows(Self.benchmark(["layernorm"]) { $0.unfused = false })
    #expect(rows.allSatisfy { $0["unfused_s"] == .null && $0["ratio"] == .null && $0["fused_s"]?.doubleValue != nil })
  }

  @Test func sizesCanBeGiven() throws {
    let rows = try Self.rows(
      Self.benchmark(["attention"]) { $0.shape = ["rows=7,heads=1", "head_size=16", "masked=1"] })
    #expect(rows.map { $0["direction"]?.stringValue } == ["forward", "backward"])
    #expect(rows[0]["shape"]?["rows"]?.intValue == 7 && rows[0]["shape"]?["batch"]?.intValue == 2)
  }

  @Test(arguments: [
    (["nothing"], [], "mrm-nano", "attention"), (["attention"], ["width=4"], "mrm-nano", "head_size"),
    (["attention"], ["rows"], "mrm-nano", "name=size"), (["attention"], [], "no-such", "mrm-vit-b16"),
  ])
  func mistakesAreUsageAndListWhatThereIs(_ names: [String], _ shape: [String], _ model: String, _ word: String) {
    let benchmark = Self.benchmark(names) {
      $0.shape = shape
      $0.options.model = model
    }
    #expect {
      try benchmark.run()
    } throws: { error in
      let diagnostic = error as? Diagnostic
      return diagnostic?.code == .usage && diagnostic?.description.contains(word) == true
    }
  }
}
