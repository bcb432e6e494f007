import ArgumentParser
import Driver

struct BenchCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure kernels, fused and unfused, and whole training steps.",
    discussion: """
      Each kernel is one graph, compiled with the fusing passes and without: then one kernel per operation, vectorised, \
      on all threads, with the same products. Results are compared before anything is timed; runs alternate; times are \
      medians. Forward and backward are functions of their own. Kernels: attention, layernorm, masked-gather, \
      embedding, epilogue, image-loss, lm-head, optimizer. A step is forward, backward and AdamW, with dropout, on a \
      batch that stays in memory, run by the built program in a process of its own.

      Examples:
        mrmc bench attention layernorm
        mrmc bench attention --shape batch=4,heads=8,rows=512,head_size=64 -r 9 --format json
        mrmc bench step --model mrm-vit-b16 --batch 16 --threads 2 -r 5 --format json
        mrmc bench step --model mrm-vit-b16 --batch 16 --fused --unfused
        mrmc bench --format json -o kernels.json --chart kernels.svg
      """)

  @Argument(
    help: ArgumentHelp("What to measure. (default: every kernel)", valueName: "kernel|step"))
  var kernels: [String] = []
  @Option(
    help: ArgumentHelp(
      "Kernels: whose shapes, mrm-vit-b16 unless given. Steps: any model, mrm-tiny unless given.", valueName: "model"))
  var model: String?
  @Option(help: ArgumentHelp("Other sizes for kernels; batch is 16 unless given.", valueName: "name=size,…"))
  var shape: [String] = []
  @Option(name: .customShort("r"), parsing: .unconditional, help: "Runs.")
  var runs = 5
  @Option(parsing: .unconditional, help: "Threads. (default: the processors)")
  var threads: Int?
  @Option(help: ArgumentHelp("How the results are written.", valueName: "md|json|csv"))
  var format = "md"
  @Option(name: .shortAndLong, help: "Where they go; - is stdout.", completion: .file())
  var output = "-"
  @Option(help: "Write a bar chart of the kernels too.", completion: .file(extensions: ["svg"]))
  var chart: String?
  @Flag(help: "Only what is fused; with --unfused both. Steps are fused unless --unfused is given.")
  var fused = false
  @Flag(help: "Only what is not fused; with --fused both.")
  var unfused = false
  @OptionGroup var flags: BuildFlags

  func execute() throws(Diagnostic) -> Support.ExitCode {
    let names = kernels.isEmpty ? Benchmark.knownNames.filter { $0 != "step" } : kernels
    let steps = names.filter { $0 == "step" }
    let onlySteps = steps.count == names.count
    var bench = Benchmark(names, try flags.options(model ?? (onlySteps ? "mrm-tiny" : Benchmark.standardModel)))
    bench.shape = shape
    bench.runs = runs
    bench.threads = threads
    bench.format = try choice("--format", format)
    bench.output = output
    bench.chart = chart
    bench.fused = fused || !unfused
    bench.unfused = unfused || !fused
    bench.fusedStep = fused || !unfused
    bench.unfusedStep = unfused
    try bench.run()
    return .success
  }
}
