import BufferIR
import CRuntime
import Codegen
import Execution

/// A compiled function with memory for its arguments and results, run in this process.
final class CompiledFunction {
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
    code = try LoadedCode(objects, for: compilation.target)
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
  func run(threads: Int) throws(Diagnostic) { _ = try run(try bound(try ThreadPool(threads: threads))) }

  /// The function on the threads of a pool, to be run many times.
  func bound(_ pool: ThreadPool) throws(Diagnostic) -> BoundFunction {
    let addresses =
      program.inputs.map { input($0.name).baseAddress } + program.outputs.indices.map { output($0).baseAddress }
    return try BoundFunction(
      try code.function(program.name), pool: pool, arena: arena, addresses: addresses, owners: [self])
  }

  /// Runs the bound function once, and gives the seconds that took. `nonFiniteLoss` when a guarded value is not finite.
  func run(_ function: BoundFunction, profile: StepProfile? = nil) throws(Diagnostic) -> Double {
    switch function.run(profile: profile) {
    case .done: return function.seconds
    case .notFinite(let name, _):
      throw Diagnostic(
        .nonFiniteLoss, "@\(program.name): \(name) is not finite; nothing was updated",
        notes: ["look at the inputs, or at the parameters, for values that are not finite"])
    }
  }
}
