import BufferIR
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
  func run(threads: Int) throws(Diagnostic) { _ = try bound(try ThreadPool(threads: threads)).run() }

  /// The function on the threads of a pool, to be run many times.
  func bound(_ pool: ThreadPool) throws(Diagnostic) -> BoundExecution {
    var bindings: [UnsafeMutableRawPointer?] = program.inputs.map { input($0.name).baseAddress }
    for index in program.outputs.indices { bindings.append(output(index).baseAddress) }
    let function = try code.function(program.name)
    guard let plan = mrm_bind(pool.handle, function, bindings, arena.base) else {
      throw Diagnostic(.failure, "memory ran out in @\(program.name)")
    }
    return BoundExecution(execution: self, pool: pool, function: function, plan: plan)
  }
}

/// A compiled function on the threads of a pool.
final class BoundExecution {
  let execution: Execution
  let pool: ThreadPool
  private let function: UnsafePointer<mrm_function>
  private let plan: OpaquePointer

  init(execution: Execution, pool: ThreadPool, function: UnsafePointer<mrm_function>, plan: OpaquePointer) {
    self.execution = execution
    self.pool = pool
    self.function = function
    self.plan = plan
  }

  deinit { mrm_plan_free(plan) }

  /// Runs it once, and gives the seconds that took. `nonFiniteLoss` when a guarded value is not finite.
  func run(profile: StepProfile? = nil) throws(Diagnostic) -> Double {
    var options = mrm_execution()
    profile?.prepare(&options, for: function, threads: pool.threads)
    let start = ContinuousClock.now
    let status = mrm_run(plan, &options)
    let seconds = (ContinuousClock.now - start).seconds
    profile?.finish(function, wall: seconds, tasks: 0)
    if status < 0 { return seconds }
    let name = function.pointee.guards[Int(status)].name.map { String(cString: $0) } ?? "a guarded value"
    throw Diagnostic(
      .nonFiniteLoss, "@\(execution.program.name): \(name) is not finite; nothing was updated",
      notes: ["look at the inputs, or at the parameters, for values that are not finite"])
  }
}
