import Execution
import Glibc
import Models

/// `mrmc bench step`: the time of whole training steps of a program, in a process of its own.
struct StepBenchmark {
  let options: BuildOptions
  let runs: Int
  let threads: Int
  /// Both measured: `ratio` and `unfused_…` stand beside the fused step's figures.
  var fused = true
  var unfused = false

  /// Builds the programs and runs them; the figures they give, the time of the build behind them. Two programs run in
  /// turn, one step at a time, each in a new process.
  func row() throws(Diagnostic) -> [JSONMember] {
    let temporary = try TemporaryDirectory()
    var sides: [Side] = []
    if fused { sides.append(try Side(options, fuses: true, at: temporary.path + "/program")) }
    if unfused { sides.append(try Side(options, fuses: false, at: temporary.path + "/unfused")) }
    for _ in 0..<(sides.count > 1 ? runs : 1) {
      for index in sides.indices { try sides[index].run(steps: sides.count > 1 ? 1 : runs, threads: threads) }
    }
    var row = [JSONMember("kernel", "step"), JSONMember("fused", .bool(fused))]
    row += sides[0].figures
    row.append(JSONMember("build_s", .number(sides[0].buildSeconds)))
    if sides.count > 1 {
      let times = sides.map(\.times)
      for index in row.indices {
        if row[index].key == "runs" { row[index] = JSONMember("runs", .integer(runs)) }
        if row[index].key == "spread" { row[index] = JSONMember("spread", .number(times.map(\.spread).max()!)) }
      }
      row.append(JSONMember("unfused_s", .number(times[1].median)))
      row.append(JSONMember("ratio", .number(times[1].median / times[0].median)))
      for key in ["gflops", "peak_rss_bytes", "planned_bytes"] {
        row.append(JSONMember("unfused_" + key, sides[1].figure(key)))
      }
    }
    return row
  }

  /// One program, and what its runs said.
  private struct Side {
    let path: String
    let buildSeconds: Double
    var reports: [JSON] = []

    init(_ options: BuildOptions, fuses: Bool, at path: String) throws(Diagnostic) {
      var options = options
      options.fuses = fuses
      let start = ContinuousClock.now
      try Build(options, output: path).run()
      buildSeconds = (ContinuousClock.now - start).seconds
      self.path = path
    }

    mutating func run(steps: Int, threads: Int) throws(Diagnostic) {
      let outcome = try Toolchain.run(path, ["bench", "--runs", "\(steps)", "--threads", "\(threads)"], capture: true)
      guard outcome.status == 0 else {
        throw Diagnostic(
          ExitCode(rawValue: outcome.status) ?? .failure, "the program's bench exited with \(outcome.status)")
      }
      reports.append(try JSON.parse(outcome.output, file: "bench"))
    }

    private static func seconds(_ report: JSON) -> Double { report["median_s"]?.doubleValue ?? .infinity }

    var times: Timings { Timings(reports.map(Self.seconds)) }

    /// The report of the process with the median time, its times and rates those of the median of all processes.
    var figures: [JSONMember] {
      let typical = reports.sorted { Self.seconds($0) < Self.seconds($1) }[reports.count / 2]
      let median = times.median
      let faster = Self.seconds(typical) / median
      return (typical.members ?? []).map { member in
        switch (member.key, member.value.doubleValue) {
        case ("median_s", _): JSONMember("median_s", .number(median))
        case ("records_per_s", let rate?), ("gflops", let rate?): JSONMember(member.key, .number(rate * faster))
        default: member
        }
      }
    }

    func figure(_ key: String) -> JSON { figures.first { $0.key == key }?.value ?? .null }
  }
}
