import BufferIR
import Execution

/// A kernel measured at one shape in one direction: fused, unfused, or both in turn.
struct KernelMeasurement {
  /// One side.
  struct Side {
    let times: Timings
    /// FLOPs of the products, and bytes that all kernels read and write.
    var flops: Double
    var bytes: Double
    /// Temporary memory, and what is saved between forward and backward.
    var memory: Int
    var kernels: Int
    /// The least time on this machine: per kernel that of its FLOPs or that of its bytes.
    var bound: Double

    var median: Double { times.median }
    var spread: Double { times.spread }
    /// The share of the time that the machine's limits explain; above 1 when data lie in a cache.
    var roofline: Double { bound / median }

    init(_ program: Program, seconds: [Double], peak: MachinePeak) {
      times = Timings(seconds)
      flops = program.flops
      bytes = program.calls.reduce(0) { $0 + $1.bytes }
      let saved =
        program.outputs.filter { $0.name.hasPrefix(ForwardBackward.saved) }.map(\.type)
        + program.inputs.filter { $0.name.hasPrefix(ForwardBackward.saved) }.map(\.type)
      memory = program.plan.arenaBytes + saved.reduce(0) { $0 + $1.byteCount }
      kernels = program.calls.count
      bound = program.calls.reduce(0) { $0 + peak.seconds(flops: $1.flops, bytes: $1.bytes) }
    }
  }

  var kernel: String
  /// `forward`, `backward`, `both` or `step`.
  var direction: String
  var shape: KernelShape
  var precision: String
  var fused: Side?
  var unfused: Side?
  var runs: Int

  /// Unfused time by fused time.
  var ratio: Double? {
    guard let fused, let unfused else { return nil }
    return unfused.median / fused.median
  }

  /// Of the two sides the larger.
  var spread: Double { max(fused?.spread ?? 0, unfused?.spread ?? 0) }
}

/// What measures kernels, with the threads and the machine's limits they are held against.
struct KernelMeter {
  let pool: ThreadPool
  let peak: MachinePeak
  let options: BuildOptions
  let runs: Int
  let measuresFused: Bool
  let measuresUnfused: Bool

  /// A run of a short kernel is repeated until it takes about as long.
  private static let shortestRun = 4e-3
  private static let mostRepeats = 50
  /// Largest difference of fused and unfused results, by the result's largest magnitude.
  private static let tolerance = 2e-3

  /// Compiles both sides, compares their results, and times them in turn. `compilerBug` if the results differ, or are
  /// not finite.
  func measure(_ kernel: BenchKernel, _ shape: KernelShape) throws(Diagnostic) -> [KernelMeasurement] {
    let graph = try KernelGraph(kernel, shape, options)
    let fused = measuresFused ? try side(graph, fuses: true) : nil
    let unfused = measuresUnfused ? try side(graph, fuses: false) : nil
    let first = fused ?? unfused!
    var rows: [KernelMeasurement] = []
    for part in first.programs.indices {
      for side in [fused, unfused] { _ = side?.run(part) }
      try compare(fused, unfused, part, "\(kernel.name) \(shape.text)")
      let seconds = time(fused, unfused, part)
      rows.append(
        KernelMeasurement(
          kernel: kernel.name, direction: kernel.direction(first.programs[part].name), shape: shape,
          precision: graph.precision.rawValue,
          fused: fused.map { .init($0.programs[part], seconds: seconds.fused, peak: peak) },
          unfused: unfused.map { .init($0.programs[part], seconds: seconds.unfused, peak: peak) }, runs: runs))
    }
    return rows
  }

  private func side(_ graph: KernelGraph, fuses: Bool) throws(Diagnostic) -> CompiledKernel {
    var options = options
    options.fuses = fuses
    return try CompiledKernel(graph, options, pool: pool)
  }

  /// A B A B …, so that both sides meet the same state of the machine.
  private func time(
    _ fused: CompiledKernel?, _ unfused: CompiledKernel?, _ part: Int
  ) -> (fused: [Double], unfused: [Double]) {
    let sides = [fused, unfused]
    let repeats = sides.map { side in
      side.map { min(Self.mostRepeats, max(1, Int(Self.shortestRun / max($0.run(part), 1e-9)))) } ?? 1
    }
    var seconds: [[Double]] = [[], []]
    for _ in 0..<runs {
      for (index, side) in sides.enumerated() {
        if let side { seconds[index].append(side.run(part, repeats: repeats[index])) }
      }
    }
    return (seconds[0], seconds[1])
  }

  private func compare(
    _ fused: CompiledKernel?, _ unfused: CompiledKernel?, _ part: Int, _ name: String
  ) throws(Diagnostic) {
    let sides = [fused, unfused].compactMap { $0?.results(part) }
    for (index, result) in sides[0].enumerated() {
      var largest: Float = 0
      var difference: Float = 0
      let other = sides.count > 1 ? sides[1][index].values : result.values
      for (a, b) in zip(result.values, other) {
        guard a.isFinite, b.isFinite else {
          throw Diagnostic(.compilerBug, "bench \(name): \(result.name) is not finite")
        }
        largest = max(largest, abs(b))
        difference = max(difference, abs(a - b))
      }
      let limit = Self.tolerance * (options.precision == .bf16 ? 16 : 1)
      let isEmpty = largest == 0 && sides[0].count == 1
      if isEmpty || Double(difference) > limit * Double(largest) {
        throw Diagnostic(
          .compilerBug,
          isEmpty
            ? "bench \(name): \(result.name) is zero everywhere"
            : "bench \(name): \(result.name) differs fused and unfused by \(difference / largest) of its magnitude",
          notes: ["nothing was timed; compare with --disable-pass and mrmc diff"])
      }
    }
  }
}
