import CRuntime
import Records
import Support

/// A compiled function with its memory: bound once to addresses, run many times.
final class BoundFunction {
  /// How a run ended.
  enum Outcome: Equatable {
    case done
    /// The value called `name` must be finite and was not; the function stopped before it updated anything.
    /// `kernel`: the first whose operands are not finite, when it can be told.
    case notFinite(name: String, kernel: String?)
  }

  let name: String
  let function: UnsafePointer<mrm_function>
  private let pool: ThreadPool
  private let plan: OpaquePointer
  private let arena: MemoryBlock
  /// Everything the addresses point into.
  private let owners: [AnyObject]
  /// Wall time of the last run, and the part of it in which thread 0 ran tasks, in seconds.
  private(set) var seconds = 0.0
  private(set) var taskSeconds = 0.0

  /// `memory`: the address of an input, or of an output that shares no input's memory, by name.
  init(
    _ name: String, image: ProgramImage, pool: ThreadPool, arena: MemoryBlock, owners: [AnyObject],
    memory: (String) -> UnsafeMutableRawPointer?
  ) throws(Diagnostic) {
    let signature = try image.signature(name)
    guard let function = image.functions[name], Int(function.pointee.input_count) == signature.inputs.count,
      Int(function.pointee.output_count) == signature.outputs.count,
      function.pointee.arena_bytes <= UInt64(arena.byteCount)
    else { throw Diagnostic(.compilerBug, "the code of \"\(name)\" does not fit its manifest") }
    var bindings: [UnsafeMutableRawPointer?] = []
    for argument in signature.inputs + signature.outputs {
      if let alias = argument.alias {
        bindings.append(bindings[alias])
      } else if let address = memory(argument.name) {
        bindings.append(address)
      } else {
        throw Diagnostic(.compilerBug, "\"\(name)\" wants \"\(argument.name)\", which this runtime does not know")
      }
    }
    try pool.checkRoomForProducts()
    guard let plan = mrm_bind(pool.handle, function, bindings, arena.base) else {
      throw Diagnostic(.compilerBug, "the tables of \"\(name)\" are malformed, or memory ran out")
    }
    self.name = name
    self.function = function
    self.pool = pool
    self.plan = plan
    self.arena = arena
    self.owners = owners
  }

  deinit { mrm_plan_free(plan) }

  /// Runs the function on the pool, and `tasks` beside it.
  func run(tasks: BatchTasks? = nil, profile: StepProfile? = nil) -> Outcome {
    var options = mrm_execution()
    if let tasks {
      options.task_context = Unmanaged.passUnretained(tasks).toOpaque()
      options.task_count = Int32(tasks.taskCount)
      options.task = { context, index in
        Unmanaged<BatchTasks>.fromOpaque(context!).takeUnretainedValue().runTask(Int(index))
      }
    }
    profile?.prepare(&options, for: function, threads: pool.threads)
    let start = ContinuousClock.now
    let result = withExtendedLifetime(tasks) { mrm_run(plan, &options) }
    seconds = (ContinuousClock.now - start).seconds
    taskSeconds = options.task_seconds
    profile?.finish(function, wall: seconds, tasks: taskSeconds)
    if result < 0 { return .done }
    let call = mrm_first_not_finite(plan, result, arena.base)
    return .notFinite(
      name: String(cString: function.pointee.guards[Int(result)].name),
      kernel: call < 0 ? nil : String(cString: function.pointee.calls[Int(call)].name))
  }
}

extension ProgramImage {
  /// The inputs and outputs of a function the program must have.
  func signature(_ name: String) throws(Diagnostic) -> Manifest.Function {
    guard let signature = manifest.function(name) else {
      throw Diagnostic(
        .failure, "this program was built without the function \"\(name)\"",
        notes: ["it has: " + manifest.functions.map(\.name).joined(separator: ", ")])
    }
    return signature
  }

  /// The largest arena any of the functions needs, in bytes.
  func arenaBytes(_ names: [String]) -> Int {
    names.compactMap { functions[$0] }.map { Int($0.pointee.arena_bytes) }.max() ?? 0
  }

  /// The largest scratch memory any of the functions needs on each thread, in bytes.
  func scratchBytes(_ names: [String]) -> Int {
    names.compactMap { functions[$0] }.map { (Int($0.pointee.scratch_bytes) + 4095) / 4096 * 4096 }.max() ?? 0
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
