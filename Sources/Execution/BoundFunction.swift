import CRuntime

/// A compiled function with its memory: bound once to addresses, run many times.
public final class BoundFunction {
  /// How a run ended.
  public enum Outcome: Equatable, Sendable {
    case done
    /// The value called `name` must be finite and was not; the function stopped before it updated anything.
    /// `kernel`: the first whose operands are not finite, when it can be told.
    case notFinite(name: String, kernel: String?)
  }

  public let function: UnsafePointer<mrm_function>
  public let pool: ThreadPool
  private let plan: OpaquePointer
  private let arena: MemoryBlock
  private let owners: [AnyObject]
  /// Wall time of the last run, in seconds.
  public private(set) var seconds = 0.0
  /// The part of it in which thread 0 ran tasks, in seconds.
  public private(set) var taskSeconds = 0.0

  /// - Parameters:
  ///   - addresses: those of the inputs, then of the outputs; an output may share an input's.
  ///   - owners: everything the addresses point into.
  ///
  /// `compilerBug` when the tables do not fit what is bound; `failure` when a limit leaves no room for products.
  public init(
    _ function: UnsafePointer<mrm_function>, pool: ThreadPool, arena: MemoryBlock,
    addresses: [UnsafeMutableRawPointer?], owners: [AnyObject] = []
  ) throws(Diagnostic) {
    let name = String(cString: function.pointee.name)
    guard Int(function.pointee.input_count) + Int(function.pointee.output_count) == addresses.count,
      function.pointee.arena_bytes <= UInt64(arena.byteCount)
    else { throw Diagnostic(.compilerBug, "the code of \"\(name)\" does not fit its description") }
    try pool.checkRoomForProducts()
    guard let plan = mrm_bind(pool.handle, function, addresses, arena.base) else {
      throw Diagnostic(.compilerBug, "the tables of \"\(name)\" are malformed, or memory ran out")
    }
    self.function = function
    self.pool = pool
    self.plan = plan
    self.arena = arena
    self.owners = owners
  }

  /// A function of a program, its arguments and results found by what they are.
  /// `compilerBug` when `memory` gives no address for an input, or for an output that shares no input's memory.
  public convenience init(
    _ name: String, of image: ProgramImage, pool: ThreadPool, arena: MemoryBlock, owners: [AnyObject],
    input: (ProgramDescription.Input) -> UnsafeMutableRawPointer?,
    output: (ProgramDescription.Output) -> UnsafeMutableRawPointer?
  ) throws(Diagnostic) {
    let signature = try image.signature(name)
    guard let function = image.functions[name], Int(function.pointee.input_count) == signature.inputs.count,
      Int(function.pointee.output_count) == signature.outputs.count
    else { throw Diagnostic(.compilerBug, "the code of \"\(name)\" does not fit its description") }
    func known(_ address: UnsafeMutableRawPointer?, _ argument: String) throws(Diagnostic) -> UnsafeMutableRawPointer {
      if let address { return address }
      throw Diagnostic(.compilerBug, "\"\(name)\" wants \"\(argument)\", which this runtime does not know")
    }
    var addresses: [UnsafeMutableRawPointer?] = []
    for argument in signature.inputs { addresses.append(try known(input(argument), argument.name)) }
    for result in signature.outputs {
      if let alias = result.alias {
        addresses.append(addresses[alias])
      } else {
        addresses.append(try known(output(result), result.name))
      }
    }
    try self.init(function, pool: pool, arena: arena, addresses: addresses, owners: owners)
  }

  deinit { mrm_plan_free(plan) }

  /// The function's name.
  public var name: String { String(cString: function.pointee.name) }

  /// FLOPs of the products of a run.
  public var flops: Double {
    (0..<Int(function.pointee.call_count)).reduce(0) { $0 + function.pointee.calls[$1].flops }
  }

  /// Runs the function on the pool, and `tasks` beside it.
  public func run(tasks: TaskRegion? = nil, profile: StepProfile? = nil) -> Outcome {
    var options = mrm_execution()
    if let tasks {
      options.task_context = Unmanaged.passUnretained(tasks).toOpaque()
      options.task_count = Int32(tasks.count)
      options.task = { context, index in
        Unmanaged<TaskRegion>.fromOpaque(context!).takeUnretainedValue().task(Int(index))
      }
    }
    profile?.prepare(&options, for: function, threads: pool.threads)
    let start = ContinuousClock.now
    let result = withExtendedLifetime((tasks, owners)) { mrm_run(plan, &options) }
    seconds = (ContinuousClock.now - start).seconds
    taskSeconds = options.task_seconds
    profile?.finish(function, wall: seconds, tasks: taskSeconds)
    if result < 0 { return .done }
    let call = mrm_first_not_finite(plan, result, arena.base)
    return .notFinite(
      name: function.pointee.guards[Int(result)].name.map { String(cString: $0) } ?? "a guarded value",
      kernel: call < 0 ? nil : String(cString: function.pointee.calls[Int(call)].name))
  }
}
