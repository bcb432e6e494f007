import ArgumentParser
import CRuntime
import Execution

/// `bench`: times whole steps on a batch that stays in memory; `mrmc bench step` calls it.
struct BenchCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "bench", abstract: "Time training steps on one made batch; one JSON object on stdout.",
      discussion: """
        Examples:
          \(ProgramCommands.programName) bench --runs 10 --threads 2
          \(ProgramCommands.programName) bench --profile trace.json
        """,
      shouldDisplay: false)
  }

  @Option(help: "Steps timed, after one that is not.")
  var runs = 5
  @Option(help: "Threads. (default: the processors)")
  var threads: Int?
  @Option(
    help: "Write the last step as a Chrome trace and print the kernels against the roofline to stderr.",
    completion: .file())
  var profile: String?

  var needsProcessor: Bool { true }

  func run(_ image: ProgramImage) throws(Diagnostic) -> ExitStatus {
    if runs < 1 { throw Diagnostic(.usage, "--runs \(runs): expected 1 or more") }
    let trace = try profile.map { (path) throws(Diagnostic) in try AtomicFile(path: path) }
    let threads = try resolveThreads(self.threads)
    let pool = try ThreadPool(threads: threads)
    let name = ProgramDescription.FunctionName.step
    let feeds = image.description.feeds(of: [name])
    let memory = try ProgramMemory(image, functions: [name], feeds: feeds, batches: 1, threads: threads)
    let step = try memory.bind(name, pool: pool)
    let fixedCosts = FixedCosts(memory.plan, threads: threads).measured()
    try Weights.initialize(image.description, seed: 0, into: memory.state, threads: pool.threads)
    MadeBatch.fill(memory.batches[0], feeds, batch: image.description.batch)
    memory.set(.learningRate, 1e-4)
    mrm_memory_mark(memory.arena.base, memory.arena.byteCount)
    let times = profile == nil ? nil : StepProfile()
    var highWater = 0
    var seconds: [Double] = []
    for number in 0...runs {
      memory.set(.seed, Int64(number))
      memory.set(.step, Int64(number + 1))
      if case .notFinite(let name, _) = step.run(profile: times) {
        throw Diagnostic(.nonFiniteLoss, "\(name) is not finite")
      }
      seconds.append(step.seconds)
      if number == 0 {
        highWater = MemoryBlock.aligned(mrm_memory_high_water(memory.arena.base, memory.arena.byteCount))
      }
    }
    StandardStream.out.line(
      report(image, step, memory, fixedCosts, highWater, seconds, threads: threads).compact)
    if let trace, let times {
      try trace.commit(times.trace())
      let peak = MachinePeak.measure(pool, bf16: image.description.precision == "bf16", sustained: true)
      StandardStream.error.line(times.table(peak, threads: threads))
    }
    return .success
  }

  private func report(
    _ image: ProgramImage, _ step: BoundFunction, _ memory: ProgramMemory, _ fixedCosts: FixedCosts,
    _ highWater: Int, _ seconds: [Double], threads: Int
  ) -> JSON {
    let program = image.description
    let times = Timings(Array(seconds.dropFirst()))
    let median = times.median
    return [
      "model": .string(program.model), "batch": .integer(program.batch), "precision": .string(program.precision),
      "optimization": .integer(program.optimization), "median_s": .number(median),
      "first_step_s": .number(seconds[0]),
      "records_per_s": .number(Double(program.batch) / median), "gflops": .number(step.flops / median * 1e-9),
      "spread": .number(times.spread), "runs": .integer(runs),
      "peak_rss_bytes": .integer(ProcessMemory.peakResidentBytes), "planned_bytes": .integer(memory.plan.totalBytes),
      "fixed_bytes": .integer(fixedCosts.totalBytes),
      "arena_bytes": .integer(memory.arena.byteCount), "arena_high_water_bytes": .integer(highWater),
      "threads": .integer(threads), "cpu": .string(CPUCheck.model()), "openblas_core": .string(CPUCheck.blasCore),
    ]
  }
}
