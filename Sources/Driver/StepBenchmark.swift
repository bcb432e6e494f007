import Glibc
import Models
import TrainingRuntime

/// `mrmc bench step`: the time of whole training steps of a program, in a process of its own.
public struct StepBenchmark {
  /// How results are written.
  public enum Format: String, CaseIterable, Sendable { case md, json, csv }

  public var options: BuildOptions
  public var runs = 5
  public var threads: Int?
  public var format = Format.md
  public var output = "-"

  public init(_ options: BuildOptions) { self.options = options }

  public func run() throws(Diagnostic) {
    guard runs > 0 else { throw Diagnostic(.usage, "-r \(runs): expected 1 or more") }
    let temporary = try TemporaryDirectory()
    let path = temporary.path + "/program"
    let start = ContinuousClock.now
    try Build(options, output: path).run()
    let buildSeconds = (ContinuousClock.now - start).seconds
    let outcome = try Toolchain.run(
      path, ["bench", "--runs", "\(runs)", "--threads", "\(threads ?? ThreadPool.processors)"], capture: true)
    guard outcome.status == 0 else {
      throw Diagnostic(
        ExitCode(rawValue: outcome.status) ?? .failure, "the program's bench exited with \(outcome.status)")
    }
    var row = [JSONMember("kernel", "step")]
    for member in try JSON.parse(outcome.output, file: "bench").members ?? [] { row.append(member) }
    row.append(JSONMember("build_s", .number(buildSeconds)))
    try writeText(text(row), to: output)
  }

  private func text(_ row: [JSONMember]) -> String {
    let values = row.map { $0.value.stringValue ?? $0.value.compact }
    switch format {
    case .json: return JSON.array([.object(row)]).pretty
    case .csv: return row.map(\.key).joined(separator: ",") + "\n" + values.map(quoted).joined(separator: ",") + "\n"
    case .md:
      return "| | |\n|---|---|\n" + zip(row, values).map { "| \($0.key) | \($1) |\n" }.joined()
    }
  }

  private func quoted(_ text: String) -> String {
    text.contains(",") ? "\"\(text)\"" : text
  }
}
