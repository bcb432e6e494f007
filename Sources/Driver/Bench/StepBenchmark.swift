import Glibc
import Models
import TrainingRuntime

/// `mrmc bench step`: the time of whole training steps of a program, in a process of its own.
struct StepBenchmark {
  let options: BuildOptions
  let runs: Int
  let threads: Int

  init(_ options: BuildOptions, runs: Int, threads: Int) {
    self.options = options
    self.runs = runs
    self.threads = threads
  }

  /// Builds the program and runs it; the figures it gives, the time of the build behind them.
  func row() throws(Diagnostic) -> [JSONMember] {
    let temporary = try TemporaryDirectory()
    let path = temporary.path + "/program"
    let start = ContinuousClock.now
    try Build(options, output: path).run()
    let buildSeconds = (ContinuousClock.now - start).seconds
    let outcome = try Toolchain.run(path, ["bench", "--runs", "\(runs)", "--threads", "\(threads)"], capture: true)
    guard outcome.status == 0 else {
      throw Diagnostic(
        ExitCode(rawValue: outcome.status) ?? .failure, "the program's bench exited with \(outcome.status)")
    }
    var row = [JSONMember("kernel", "step")]
    for member in try JSON.parse(outcome.output, file: "bench").members ?? [] { row.append(member) }
    row.append(JSONMember("build_s", .number(buildSeconds)))
    return row
  }
}
