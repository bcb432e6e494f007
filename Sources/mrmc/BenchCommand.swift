import ArgumentParser
import Driver

struct BenchCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure whole training steps.",
    discussion: """
      The step is forward, backward and AdamW, with dropout, on a batch that stays in memory, run by the built program
      in a process of its own. The time is the median of the runs.

      Examples:
        mrmc bench step
        mrmc bench step --model mrm-vit-b16 --batch 2 --threads 2 -r 5 --format json
      """)

  @Argument(help: ArgumentHelp("What to measure.", valueName: "step"))
  var kernels: [String] = ["step"]
  @Option(help: "A name from 'mrmc models', a .swift file or a .tir file.")
  var model = "mrm-tiny"
  @Option(name: .customShort("r"), help: "Runs.")
  var runs = 5
  @Option(help: "Threads. (default: the processors)")
  var threads: Int?
  @Option(help: ArgumentHelp("How the results are written.", valueName: "md|json|csv"))
  var format = "md"
  @Option(name: .shortAndLong, help: "Where they go; - is stdout.", completion: .file())
  var output = "-"
  @Flag(help: "Only the fused kernels.")
  var fused = false
  @Flag(help: "Only the unfused kernels.")
  var unfused = false
  @OptionGroup var flags: BuildFlags

  func execute() throws(Diagnostic) -> Support.ExitCode {
    if let kernel = kernels.first(where: { $0 != "step" }) {
      throw Diagnostic(
        .usage, "bench \(kernel): measuring single kernels is not available in this version",
        notes: ["mrmc bench step measures whole steps"])
    }
    if fused || unfused {
      throw Diagnostic(
        .usage, "bench --\(fused ? "fused" : "unfused") is for kernels, which is not available in this version")
    }
    var bench = StepBenchmark(try flags.options(model))
    bench.runs = runs
    bench.threads = threads
    bench.format = try choice("--format", format)
    bench.output = output
    try bench.run()
    return .success
  }
}
