import BufferIR
import Execution
import Models

/// The facts `inspect` shows of a model.
struct InspectReport {
  private let compilation: Compilation
  private let programs: [Program]
  private let irHash: String
  private let statistics: ModelStatistics
  /// By function, the FLOPs of the rows that `row-demand` left out.
  private let rowDemandSavings: [String: Double]
  /// By function, the FLOPs that `share-rows` saves.
  private var sharedRows: [String: Double] = [:]

  init(
    _ compilation: Compilation, _ programs: [Program], irHash: String, rowDemandSavings: [String: Double]
  ) throws(Diagnostic) {
    self.rowDemandSavings = rowDemandSavings
    self.compilation = compilation
    self.programs = programs
    self.irHash = irHash
    statistics = ModelStatistics(compilation.module)
    for program in programs { sharedRows[program.name] = try compilation.sharedRowsSavings(program.name) }
  }

  private var flags: String {
    let words = compilation.options.commandLine
    return words.isEmpty ? "none" : words.joined(separator: " ")
  }

  var text: String {
    var lines: [String] = []
    func add(_ name: String, _ value: String) { lines.append(paddedRight(name, 16) + value) }
    add("model", "\(compilation.modelName), \(compilation.options.precision.rawValue), batch \(compilation.batch)")
    add(
      "parameters", "\(grouped(statistics.trainableParameters)) trained, \(grouped(statistics.fixedParameters)) fixed")
    add("FLOPs", "\((statistics.flopsPerRecord * 1e-9).significant(4)) GFLOP per record, forward and backward")
    add("build flags", "\(flags); target \(compilation.target.cpu)")
    let options = ProgramDescription.options(of: compilation.module)
    if !options.isEmpty { add("options", options.map { "\($0.key)=\($0.value)" }.joined(separator: " ")) }
    add("IR hash", irHash)
    for program in programs { lines += describe(program) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func describe(_ program: Program) -> [String] {
    let memory = MemoryPlan([program])
    var lines = [
      "",
      "@\(program.name): \(program.calls.count) kernels (\(program.kernels.count) distinct), "
        + "\((program.flops * 1e-9).significant(4)) GFLOP" + rowDemand(program),
      "  memory \(byteText(memory.totalBytes)): "
        + memory.categories.map { "\($0.name) \(byteText($0.bytes))" }.joined(separator: ", "),
    ]
    lines.append("  number, MFLOP of products, bytes, FLOP per byte, layer and operations:")
    for (index, call) in program.calls.enumerated() {
      lines.append(KernelFigures.line(index, call.flops, call.bytes, call.label))
    }
    return lines
  }

  /// What the program would cost if rows that nobody reads were computed, and those that records share for each of them.
  private func rowDemand(_ program: Program) -> String {
    let unread = rowDemandSavings[program.name] ?? 0
    let shared = sharedRows[program.name] ?? 0
    var parts: [String] = []
    if unread > 0 { parts.append("\(((program.flops + unread) * 1e-9).significant(4)) before row demand") }
    if shared > 0 { parts.append("\(((program.flops + unread + shared) * 1e-9).significant(4)) before shared rows") }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }

  var json: JSON {
    [
      "model": .string(compilation.modelName), "precision": .string(compilation.options.precision.rawValue),
      "batch": .integer(compilation.batch), "compiler": .string(ProgramDescription.compilerName),
      "parameters": .integer(statistics.trainableParameters), "fixed_parameters": .integer(statistics.fixedParameters),
      "flops_per_record": .number(statistics.flopsPerRecord),
      "build_flags": .array(compilation.options.commandLine.map { .string($0) }),
      "target_cpu": .string(compilation.target.cpu),
      "options": .object(
        ProgramDescription.options(of: compilation.module).map { JSONMember($0.key, .string($0.value)) }),
      "ir_hash": .string(irHash), "functions": .array(programs.map(json)),
    ]
  }

  private func json(_ program: Program) -> JSON {
    let memory = MemoryPlan([program])
    return [
      "name": .string(program.name), "flops": .number(program.flops),
      "row_demand_flops_saved": .number(rowDemandSavings[program.name] ?? 0),
      "shared_rows_flops_saved": .number(sharedRows[program.name] ?? 0), "kernels": .integer(program.calls.count),
      "distinct_kernels": .integer(program.kernels.count), "peak_bytes": .integer(memory.totalBytes),
      "memory": .object(memory.categories.map { JSONMember($0.name.replacing(" ", with: "_"), .integer($0.bytes)) }),
      "calls": .array(
        program.calls.map { call in
          [
            "name": .string(call.label), "layer": .string(call.provenance.layer),
            "source": .string(call.provenance.source), "kernel": .integer(call.kernel), "flops": .number(call.flops),
            "bytes": .number(call.bytes), "intensity": .number(KernelFigures.intensity(call.flops, call.bytes)),
          ]
        }),
    ]
  }
}
