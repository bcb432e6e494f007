import BufferIR
import Execution
import Support
import TensorIR

/// `--dry-run`: what a build would need, without building it.
struct DryRun {
  private let programs: [Program]
  private let model: String
  private let reports: [MemoryBudget.Report]

  /// Writes it of some functions of a model to standard output.
  static func show(_ compilation: Compilation, _ functions: [Function]) throws(Diagnostic) {
    StandardStream.out.write(try DryRun(compilation, functions).text)
  }

  private init(_ compilation: Compilation, _ functions: [Function]) throws(Diagnostic) {
    var module = compilation.module
    module.functions = functions
    model = compilation.modelName
    programs = try compilation.lowered(try compilation.optimized(module))
    reports = compilation.reports
    try compilation.finish()
  }

  /// One table row per function.
  var text: String {
    var lines = ["\(model): peak memory, FLOPs and kernels of one call"]
    for program in programs {
      let memory = MemoryPlan([program])
      lines.append(
        "\(paddedRight(program.name, 15)) peak \(memory.totalBytes) bytes (\(byteText(memory.totalBytes)); "
          + "temporaries \(program.plan.arenaBytes)), \((program.flops * 1e-9).significant(6)) GFLOP, "
          + "\(program.calls.count) kernels (\(program.kernels.count) distinct)")
    }
    if let both = pair {
      let memory = MemoryPlan(both)
      lines.append(
        "accumulate + apply together: peak \(memory.totalBytes) bytes (\(byteText(memory.totalBytes)))")
    }
    lines += reports.map(\.text)
    return lines.joined(separator: "\n") + "\n"
  }

  private var pair: [Program]? {
    typealias Name = ProgramDescription.FunctionName
    let both = programs.filter { $0.name == Name.accumulate || $0.name == Name.apply }
    return both.count == 2 ? both : nil
  }
}

extension MemoryPlan {
  /// The bytes of these functions, which share their arguments and take turns with the temporaries.
  package init(_ programs: [Program]) {
    self.init(
      programs.map {
        Function(
          $0.signature, arenaBytes: $0.plan.arenaBytes, scratchBytes: $0.scratchBytes, constantBytes: $0.constants.count
        )
      }, threads: ThreadPool.processors)
  }
}
