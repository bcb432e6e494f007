import BufferIR
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
      let memory = MemorySummary([program])
      lines.append(
        "\(paddedRight(program.name, 15)) peak \(memory.totalBytes) bytes (\(byteText(memory.totalBytes)); "
          + "temporaries \(program.plan.arenaBytes)), \((program.flops * 1e-9).significant(6)) GFLOP, "
          + "\(program.calls.count) kernels (\(program.kernels.count) distinct)")
    }
    if let both = pair {
      let memory = MemorySummary(both)
      lines.append(
        "accumulate + apply together: peak \(memory.totalBytes) bytes (\(byteText(memory.totalBytes)))")
    }
    lines += reports.map(\.text)
    return lines.joined(separator: "\n") + "\n"
  }

  private var pair: [Program]? {
    let both = programs.filter { $0.name == "accumulate" || $0.name == "apply" }
    return both.count == 2 ? both : nil
  }
}

/// Bytes by what they hold, for functions that share their arguments and take turns with the temporaries.
struct MemorySummary {
  private(set) var categories: [(name: String, bytes: Int)] = []

  init(_ programs: [Program]) {
    var sizes: [String: Int] = [:]
    var seen = Set<String>()
    for input in programs.flatMap(\.inputs) where seen.insert(input.name).inserted {
      sizes[Self.category(input), default: 0] += input.type.byteCount
    }
    for program in programs {
      for output in program.outputs where output.alias == nil { sizes["outputs", default: 0] += output.type.byteCount }
      sizes["constants", default: 0] += program.constants.count
    }
    sizes["temporaries"] = programs.map(\.plan.arenaBytes).max() ?? 0
    for name in [
      "parameters", "fixed tables", "moments", "gradient sums", "inputs", "temporaries", "constants", "outputs",
    ] {
      if let bytes = sizes[name], bytes > 0 { categories.append((name, bytes)) }
    }
  }

  var totalBytes: Int { categories.reduce(0) { $0 + $1.bytes } }

  private static func category(_ argument: Argument) -> String {
    switch argument.role {
    case .input: "inputs"
    case .state: argument.name.hasPrefix("grad_sum.") ? "gradient sums" : "moments"
    case .parameter(_, let trainable, _, _): trainable ? "parameters" : "fixed tables"
    }
  }
}
