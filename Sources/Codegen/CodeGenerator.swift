import BufferIR
import LLVMKit
import Support
import TensorIR

/// From programs to machine code: the JIT and ahead-of-time builds share every line.
public enum CodeGenerator {
  /// Object files that together define `mrm_fn_<name>` per program, `mrm_program_data` (an `mrm_program`) and, if `main`, a
  /// `main` that hands it to `mrm_program_main`. Equal kernels of all programs are compiled once.
  public static func objects(
    _ programs: [Program], manifest: String, stages: [(name: String, text: String)], main: Bool, options: CodegenOptions
  ) throws(Diagnostic) -> [[UInt8]] {
    let generation = Generation(programs, options)
    let families = try generation.families()
    let parts: [Part] = [.tables, .tiles] + generation.parts(families).map(Part.kernels)
    return try concurrentMap(parts, threads: options.threads) { (part) throws(Diagnostic) in
      let module =
        switch part {
        case .tables: generation.tableModule(manifest: manifest, stages: stages, main: main)
        case .tiles: generation.tileModule()
        case .kernels(let families): try generation.module(families)
        }
      return try module.compiled(level: options.optimization)
    }
  }

  /// What is emitted and compiled on one thread.
  private enum Part: Sendable {
    case tables
    case tiles
    case kernels([KernelFamily])
  }

  /// The kernels as LLVM IR, before LLVM's own passes.
  public static func llvmText(_ programs: [Program], options: CodegenOptions) throws(Diagnostic) -> String {
    try Generation(programs, options).wholeModule().print()
  }

  /// The kernels as assembly for the target.
  public static func assembly(_ programs: [Program], options: CodegenOptions) throws(Diagnostic) -> String {
    let module = try Generation(programs, options).wholeModule()
    try module.verify()
    try module.optimize(level: options.optimization)
    return try module.emitAssembly(level: options.optimization)
  }
}
