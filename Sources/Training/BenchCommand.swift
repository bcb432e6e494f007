import ArgumentParser
import CRuntime
import Support

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

  func run(_ image: ProgramImage) throws(Diagnostic) -> Support.ExitCode {
    if runs < 1 { throw Diagnostic(.usage, "--runs \(runs): expected 1 or more") }
    let trace = try profile.map { (path) throws(Diagnostic) in try AtomicFile(path: path) }
    let threads = try resolveThreads(self.threads)
    let pool = try ThreadPool(threads: threads)
    let memory = try ProgramMemory(image, functions: ["train_step"], batches: 1, threads: threads)
    let step = try memory.bind("train_step", image, pool: pool, batch: 0)
    let fixedCosts = FixedCosts(memory.plan, threads: threads).measured()
    try Weights.initialize(image.manifest, seed: 0, into: memory.state, threads: pool.threads)
    MadeBatch.fill(memory.batches[0].tensors, image.manifest)
    memory.set("weight_decay", Float(0.05))
    memory.set("lr", Float(1e-4))
    mrm_memory_mark(memory.arena.base, memory.arena.byteCount)
    let times = profile == nil ? nil : StepProfile()
    var highWater = 0
    var seconds: [Double] = []
    for number in 0...runs {
      memory.set("seed", Int64(number))
      memory.set("step", Int64(number + 1))
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
      let peak = MachinePeak.measure(pool, bf16: image.manifest.precision == "bf16", sustained: true)
      StandardStream.error.line(times.table(peak, threads: threads))
    }
    return .success
  }

  private func report(
    _ image: ProgramImage, _ step: BoundFunction, _ memory: ProgramMemory, _ fixedCosts: FixedCosts,
    _ highWater: Int, _ seconds: [Double], threads: Int
  ) -> JSON {
    let manifest = image.manifest
    let times = Timings(Array(seconds.dropFirst()))
    let median = times.median
    let function = step.function.pointee
    let flops = (0..<Int(function.call_count)).reduce(0) { $0 + function.calls[$1].flops }
    return [
      "model": .string(manifest.model), "batch": .integer(manifest.batch), "precision": .string(manifest.precision),
      "optimization": .integer(manifest.optimization), "median_s": .number(median),
      "first_step_s": .number(seconds[0]),
      "records_per_s": .number(Double(manifest.batch) / median), "gflops": .number(flops / median * 1e-9),
      "spread": .number(times.spread), "runs": .integer(runs),
      "peak_rss_bytes": .integer(peakResidentBytes()), "planned_bytes": .integer(memory.plan.totalBytes),
      "fixed_bytes": .integer(fixedCosts.totalBytes),
      "arena_bytes": .integer(memory.arena.byteCount), "arena_high_water_bytes": .integer(highWater),
      "threads": .integer(threads), "cpu": .string(CPUCheck.model()), "openblas_core": .string(CPUCheck.blasCore),
    ]
  }
}

/// The largest resident memory this process has had, in bytes (`VmHWM`); 0 where the system does not say.
package func peakResidentBytes() -> Int {
  guard let status = try? readTextFile("/proc/self/status") else { return 0 }
  for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
    return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) * 1024
  }
  return 0
}

/// A batch of noise of plausible size: the same for the same sizes.
enum MadeBatch {
  static func fill(_ tensors: TensorBlock, _ manifest: Manifest) {
    let count = { (name: String) in tensors[name]!.count / 4 }
    mrm_fill_normal(tensors.pointer("image", as: Float.self), count("image"), 1, 1)
    let noise = tensors.pointer("noise", as: Float.self)
    mrm_fill_uniform(noise, count("noise"), 2, 0.5)
    for index in 0..<count("noise") { noise[index] += 0.5 }
    let ids = tensors.pointer("ids", as: Int32.self)
    let labels = tensors.pointer("labels", as: Int32.self)
    let mask = tensors.pointer("attention_mask", as: Int32.self)
    for index in 0..<count("ids") {
      labels[index] = Int32(4 + index * 7919 % max(1, manifest.geometry.vocabulary - 4))
      ids[index] = index % 2 == 0 ? labels[index] : 3
      mask[index] = 1
    }
  }
}
