import BufferIR
import Codegen

/// A model compiled to objects, with everything a training program carries.
struct CompiledProgram {
  /// Each form the functions went through, as text.
  var stages: [(name: String, text: String)]
  var programs: [Program]
  var manifest: JSON

  /// The functions a training program calls, those of them the model has.
  static let functions = ["train_step", "accumulate", "apply", "evaluate"]

  /// Compiles the functions of a training program up to kernels.
  init(_ compilation: Compilation) throws(Diagnostic) {
    let names = Self.functions.filter { compilation.functionNames.contains($0) }
    guard names.contains("train_step") else {
      throw Diagnostic(
        .usage, "\(compilation.modelName) has no function @loss, so there is nothing to train",
        notes: ["it has: " + compilation.functionNames.joined(separator: ", ")])
    }
    let grad = try compilation.differentiated(names)
    let fused = try compilation.optimized(grad)
    programs = try compilation.lowered(fused)
    let fusedText = Printer().text(fused)
    stages = [
      ("graph", Printer().text(compilation.module)), ("grad", Printer().text(grad)), ("fused", fusedText),
      ("buffer", Compilation.text(programs)),
    ]
    manifest = try ProgramManifest.json(compilation, programs, irHash: StableHash.hex(of: fusedText))
  }

  /// The objects; with `main`, they link to a program.
  func objects(_ compilation: Compilation, main: Bool) throws(Diagnostic) -> [[UInt8]] {
    try compilation.record.finished("llvm", "ll") { () throws(Diagnostic) in
      try CodeGenerator.llvmText(programs, options: compilation.codegenOptions)
    }
    return try compilation.record.time("codegen") { () throws(Diagnostic) in
      try CodeGenerator.objects(
        programs, manifest: manifest.compact, stages: stages, main: main, options: compilation.codegenOptions)
    }
  }
}

extension CompiledProgram {
  /// The text of a stage it holds.
  func text(_ stage: String) -> String { stages.first { $0.name == stage }!.text }
}
