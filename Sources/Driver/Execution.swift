import BufferIR
import COpenBLAS
import CRuntime
import Codegen
import TrainingRuntime

/// A compiled function with memory for its arguments and results, run in this process.
final class Execution {
  let program: Program
  /// One tensor per argument, and one per result that does not take the memory of an argument.
  let tensors: TensorBlock
  private let code: LoadedCode
  private let arena: MemoryBlock

  /// Compiles the function, lowered already, and takes its memory.
  init(_ program: Program, _ compilation: Compilation) throws(Diagnostic) {
    let objects = try compilation.record.time("codegen @\(program.name)") { () throws(Diagnostic) in
      try CodeGenerator.objects(
        [program], manifest: "{}", stages: [], main: false, options: compilation.codegenOptions)
    }
    self.program = program
    code = try LoadedCode(objects)
    var sizes: [(name: String, byteCount: Int)] = []
    for input in program.inputs { sizes.append((input.name, input.type.byteCount)) }
    for output in program.outputs where output.alias == nil {
      sizes.append(("=>" + output.name, output.type.byteCount))
    }
    tensors = try TensorBlock(sizes)
    arena = try MemoryBlock(bytes: program.plan.arenaBytes)
  }

  /// The memory of an argument.
  func input(_ name: String) -> UnsafeMutableRawBufferPointer { tensors[name]! }

  /// The memory of a result.
  func output(_ index: Int) -> UnsafeMutableRawBufferPointer {
    let output = program.outputs[index]
    return output.alias.map { input(program.inputs[$0].name) } ?? tensors["=>" + output.name]!
  }

  /// Runs it once. `nonFiniteLoss` when a guarded value is not finite; nothing is updated then.
  func run(threads: Int) throws(Diagnostic) {
    guard (1...256).contains(threads) else { throw Diagnostic(.usage, "--threads \(threads): expected 1 to 256") }
    guard let pool = mrm_pool_create(Int32(threads)) else {
      throw Diagnostic(.failure, "the system refuses to start \(threads) threads")
    }
    defer { mrm_pool_destroy(pool) }
    openblas_set_num_threads(1)
    var bindings: [UnsafeMutableRawPointer?] = program.inputs.map { input($0.name).baseAddress }
    for index in program.outputs.indices { bindings.append(output(index).baseAddress) }
    let function = try code.function(program.name)
    let status = mrm_execute(pool, function, bindings, arena.base, nil)
    if status == -3 { throw Diagnostic(.failure, "memory ran out in @\(program.name)") }
    if status >= 0 {
      let name = function.pointee.guards[Int(status)].name.map { String(cString: $0) } ?? "a guarded value"
      throw Diagnostic(
        .nonFiniteLoss, "@\(program.name): \(name) is not finite; nothing was updated",
        notes: ["look at the inputs, or at the parameters, for values that are not finite"])
    }
  }
}
