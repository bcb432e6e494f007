import BufferIR
import Codegen

/// A model's functions as kernels, with everything a training program carries.
struct CompiledProgram {
  /// Each form the functions went through, as text.
  var stages: [(name: String, text: String)]
  var programs: [Program]
  /// What the training program says of itself; nil if the functions alone are wanted.
  var description: ProgramDescription?

  /// The functions a training program calls, those of them the model has.
  static let functions = ProgramDescription.FunctionName.all

  /// Compiles the functions of a training program up to kernels; without `trains`, those of any model: all it has, if
  /// there is nothing to train.
  init(_ compilation: Compilation, trains: Bool = true) throws(Diagnostic) {
    var names = Self.functions.filter { compilation.functionNames.contains($0) }
    let isTrained = names.contains(ProgramDescription.FunctionName.step)
    if !trains && !isTrained { names = compilation.functionNames }
    guard isTrained || !trains else {
      throw Diagnostic(
        .usage, "\(compilation.modelName) has no function @loss, so there is nothing to train",
        notes: ["it has: " + compilation.functionNames.joined(separator: ", ")])
    }
    let grad = try compilation.differentiated(names)
    let fused = try compilation.optimized(grad)
    programs = try compilation.lowered(fused)
    let (model, programs) = (compilation.module, programs)
    let forms: [(name: String, text: @Sendable () -> String)] = [
      ("graph", { Printer().text(model) }), ("grad", { Printer().text(grad) }), ("fused", { Printer().text(fused) }),
      ("buffer", { Compilation.text(programs) }),
    ]
    stages = try compilation.record.time("print") { () throws(Diagnostic) in
      try concurrentMap(forms, threads: compilation.threads) { ($0.name, $0.text()) }
    }
    let fusedText = text("fused")
    if trains {
      description = try ProgramDescription(compilation, programs, irHash: StableHash.hex(of: fusedText))
    }
  }

  /// The objects; with `main`, they link to a program, which needs a manifest.
  func objects(_ compilation: Compilation, main: Bool) throws(Diagnostic) -> [[UInt8]] {
    try compilation.record.finished("llvm", "ll") { () throws(Diagnostic) in
      try CodeGenerator.llvmText(programs, options: compilation.codegenOptions)
    }
    return try compilation.record.time("codegen") { () throws(Diagnostic) in
      try CodeGenerator.objects(
        programs, manifest: description?.json.compact ?? "{}", stages: stages, main: main,
        options: compilation.codegenOptions)
    }
  }
}

extension CompiledProgram {
  /// The text of a stage it holds.
  func text(_ stage: String) -> String { stages.first { $0.name == stage }!.text }
}
