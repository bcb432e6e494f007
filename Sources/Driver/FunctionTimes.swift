import BufferIR
import Execution

/// `mrmc run --runs N`: times of a function that has run once, as one JSON object; and where they go, by `--profile`.
struct FunctionTimes {
  private let compiled: CompiledFunction
  private let function: BoundFunction
  private let compilation: Compilation
  private let times: Timings

  /// Runs the function `runs` times, on what its arguments then hold: one that updates them goes on from there.
  init(
    _ compiled: CompiledFunction, _ function: BoundFunction, _ compilation: Compilation, runs: Int, profile: String?
  ) throws(Diagnostic) {
    self.compiled = compiled
    self.function = function
    self.compilation = compilation
    let profiler = profile == nil ? nil : StepProfile()
    var seconds: [Double] = []
    for _ in 0..<runs { seconds.append(try compiled.run(function, profile: profiler)) }
    times = Timings(seconds)
    guard let profile, let profiler else { return }
    try AtomicFile.write(profiler.trace(), to: profile)
    let peak = MachinePeak.measure(function.pool, bf16: compilation.options.precision == .bf16, sustained: true)
    StandardStream.error.line(profiler.table(peak, threads: function.pool.threads))
  }

  /// To stdout.
  func write() throws(Diagnostic) { StandardStream.out.line(json.compact) }

  private var json: JSON {
    let program = compiled.program
    return [
      "model": .string(compilation.modelName), "function": .string(program.name),
      "batch": .integer(compilation.batch), "precision": .string(compilation.options.precision.rawValue),
      "median_s": .number(times.median), "spread": .number(times.spread),
      "runs": .integer(times.seconds.count), "seconds": .array(times.seconds.map { .number($0) }),
      "gflops": .number(program.flops / times.median * 1e-9),
      "peak_rss_bytes": .integer(ProcessMemory.peakResidentBytes),
      "planned_bytes": .integer(MemoryPlan([program]).totalBytes), "threads": .integer(function.pool.threads),
      "cpu": .string(CPUCheck.model()), "openblas_core": .string(CPUCheck.blasCore),
    ]
  }
}
