import Execution
import Models

/// `mrmc bench`: kernels fused and unfused from the same graph, and whole steps.
public struct Benchmark {
  /// How results are written.
  public enum Format: String, CaseIterable, Sendable { case md, json, csv }

  /// Kernels, and `step`.
  public var names: [String]
  public var options: BuildOptions
  /// Sizes that replace those of the model: `batch=4`.
  public var shape: [String] = []
  public var runs = 5
  public var threads: Int?
  public var format = Format.md
  public var output = "-"
  /// Where a picture of the results goes.
  public var chart: String?
  public var fused = true
  public var unfused = true
  /// The sides of `step`; a step is long, so the unfused one is measured when it is asked for.
  public var fusedStep = true
  public var unfusedStep = false

  /// What is measured unless told otherwise, and the batch.
  public static let standardModel = "mrm-vit-b16"
  public static let standardBatch = 16

  /// The kernels there are, and `step`.
  public static var knownNames: [String] { BenchKernel.names + ["step"] }

  public init(_ names: [String], _ options: BuildOptions) {
    self.names = names
    self.options = options
  }

  /// Measures and writes. `usage` for an unknown kernel or size.
  public func run() throws(Diagnostic) {
    if let unknown = names.first(where: { !Self.knownNames.contains($0) }) {
      throw Diagnostic(
        .usage, "bench \(unknown): no such kernel", notes: ["there are: " + Self.knownNames.joined(separator: ", ")])
    }
    guard runs > 0 else { throw Diagnostic(.usage, "-r \(runs): expected 1 or more") }
    let kernels = try selected()
    if let kernel = kernels.first?.kernel.name {
      if options.dryRun { throw Diagnostic(.usage, "--dry-run is of whole models: bench step, not bench \(kernel)") }
      if !options.settings.isEmpty {
        throw Diagnostic(.usage, "--set is of whole models; bench \(kernel) takes --shape")
      }
    }
    if kernels.isEmpty, let size = shape.first {
      throw Diagnostic(.usage, "--shape \(size) is of kernels; bench step has the sizes of its --model and --batch")
    }
    if options.dryRun { return try Build(options, output: nil).run() }
    // Before anything is measured, which takes long: a place that cannot be written is said at once.
    let file = try output == "-" ? nil : AtomicFile(path: output)
    let picture = try chart.map { (path) throws(Diagnostic) in try AtomicFile(path: path) }
    let report = try Interruption.watched { () throws(Diagnostic) -> BenchReport in try self.report(kernels) }
    if let file { try file.commit(report.text(format)) } else { StandardStream.out.write(report.text(format)) }
    if let picture { try picture.commit(report.chart) }
  }

  /// Measures everything.
  private func report(_ kernels: [(kernel: BenchKernel, shape: KernelShape)]) throws(Diagnostic) -> BenchReport {
    var report = BenchReport(machine: Machine(threads: threads ?? ThreadPool.processors))
    if !kernels.isEmpty { try measure(kernels, into: &report) }
    if names.contains("step") {
      let step = StepBenchmark(
        options: options, runs: runs, threads: report.machine.threads, fused: fusedStep, unfused: unfusedStep)
      report.steps.append(try step.row())
    }
    return report
  }

  private func measure(
    _ kernels: [(kernel: BenchKernel, shape: KernelShape)], into report: inout BenchReport
  ) throws(Diagnostic) {
    let pool = try ThreadPool(threads: report.machine.threads)
    let peak = MachinePeak.measure(pool, bf16: options.precision == .bf16)
    report.machine.peak = peak
    let meter = KernelMeter(
      pool: pool, peak: peak, options: options, runs: runs, measuresFused: fused, measuresUnfused: unfused)
    for (kernel, shape) in kernels {
      let rows = try meter.measure(kernel, shape)
      for row in rows { StandardStream.error.line(BenchReport.line(row)) }
      report.kernels += rows
      try Interruption.check()
    }
  }

  /// The kernels asked for at the shapes of the model, with the sizes asked for instead.
  private func selected() throws(Diagnostic) -> [(kernel: BenchKernel, shape: KernelShape)] {
    let kernels = BenchKernel.all.filter { names.contains($0.name) }
    if kernels.isEmpty { return [] }
    guard let size = MRMSize.all.first(where: { $0.name == options.model }) else {
      throw Diagnostic(
        .usage, "--model \(options.model): kernels are measured at the shapes of a named model",
        notes: ["models: " + MRMSize.all.map(\.name).joined(separator: ", "), "--shape sets any size"])
    }
    var changes: [(name: String, value: Int)] = []
    for text in shape.flatMap({ $0.split(separator: ",").map(String.init) }) {
      let sides = text.split(separator: "=", maxSplits: 1)
      guard sides.count == 2, let value = Int(sides[1]) else {
        throw Diagnostic(.usage, "--shape \(text): expected name=size")
      }
      let name = String(sides[0])
      let range = KernelShape.range(of: name)
      if !range.contains(value) {
        throw Diagnostic(.usage, "--shape \(text): \(name) is from \(range.lowerBound) to \(range.upperBound)")
      }
      changes.append((name, value))
    }
    return try shaped(kernels, size, changes)
  }

  private func shaped(
    _ kernels: [BenchKernel], _ size: MRMSize, _ changes: [(name: String, value: Int)]
  ) throws(Diagnostic) -> [(kernel: BenchKernel, shape: KernelShape)] {
    var result: [(kernel: BenchKernel, shape: KernelShape)] = []
    var known: [String] = []
    for kernel in kernels {
      for shape in kernel.shapes(size, options.batch ?? Self.standardBatch) {
        known += shape.sizes.map(\.name).filter { !known.contains($0) }
        guard changes.allSatisfy({ shape.has($0.name) }) else { continue }
        var shape = shape
        for change in changes { shape.set(change.name, change.value) }
        if !result.contains(where: { $0.kernel.name == kernel.name && $0.shape == shape }) {
          result.append((kernel, shape))
        }
      }
    }
    if result.isEmpty {
      throw Diagnostic(
        .usage, "--shape \(shape.joined(separator: ",")): no kernel asked for has these sizes",
        notes: ["they have: " + known.joined(separator: ", ")])
    }
    return result
  }
}

/// Where something was measured.
struct Machine {
  let threads: Int
  var peak: MachinePeak?

  /// `AMD EPYC 9B45, 2 of 2 processors, OpenBLAS SkylakeX`.
  var text: String {
    "\(CPUCheck.model()), \(threads) of \(ThreadPool.processors) processors, OpenBLAS \(CPUCheck.blasCore)"
      + (peak.map { ", at most \($0.text)" } ?? "")
  }
}
