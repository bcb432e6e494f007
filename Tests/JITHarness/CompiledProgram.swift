import BufferIR
import CRuntime
import Codegen
import Interpreter
import LLVMKit
import Support
import TensorIR

/// A function compiled and loaded into the test process.
public struct CompiledProgram {
  public let program: Program
  private let jit: JIT
  private let function: UnsafePointer<mrm_function>

  public init(
    _ function: Function, options: LoweringOptions = LoweringOptions(), target: Target = .host()
  ) throws(Diagnostic) {
    self = try Self.compile([function], options: options, target: target)[0]
  }

  private init(_ program: Program, _ jit: JIT) throws(Diagnostic) {
    self.program = program
    self.jit = jit
    function = try jit.symbol("mrm_fn_\(program.name)").assumingMemoryBound(to: mrm_function.self)
  }

  /// Many functions, of distinct names, in one compilation. Tiles are those of the target; whether they multiply pairs
  /// of bf16 is a test's own choice.
  public static func compile(
    _ functions: [Function], options: LoweringOptions = LoweringOptions(), target: Target = .host(),
    level: OptimizationLevel = .standard
  ) throws(Diagnostic) -> [CompiledProgram] {
    let options = options.tiled(for: target)
    var programs: [Program] = []
    for function in functions { programs.append(try Program.lower(function, options: options)) }
    return try compile(programs, target: target, level: level)
  }

  /// The same for functions that are lowered already.
  public static func compile(
    _ programs: [Program], target: Target = .host(), level: OptimizationLevel = .standard, sharesSizes: Bool = true
  ) throws(Diagnostic) -> [CompiledProgram] {
    var codegen = CodegenOptions()
    codegen.sharesSizes = sharesSizes
    codegen.target = target
    codegen.optimization = level
    let objects = try CodeGenerator.objects(programs, manifest: "{}", stages: [], main: false, options: codegen)
    let jit = try JIT()
    try ProcessSymbols.define(in: jit)
    for object in objects { try jit.add(object: object) }
    var result: [CompiledProgram] = []
    for program in programs { result.append(try CompiledProgram(program, jit)) }
    return result
  }

  public struct Run {
    public var outputs: [HostTensor]
    /// Bytes of the arena that were written, from its start.
    public var highWater: Int
    /// Index of the guard that stopped it, or MRM_DONE.
    public var status: Int32
    /// Arguments that changed though no result takes their memory; arguments, results and an arena written beyond their
    /// end.
    public var damage: [String]
  }

  /// Runs on some threads. Aliased outputs share their input's memory if `inPlace`. After every call each thread runs
  /// `between` once, with its number and the call's.
  public func run(
    _ inputs: [HostTensor], threads: Int32 = 2, inPlace: Bool = false,
    between: (@Sendable (_ thread: Int, _ call: Int) -> Void)? = nil
  ) -> Run {
    let pool = mrm_pool_create(threads)!
    defer { mrm_pool_destroy(pool) }
    let planned = Int(function.pointee.arena_bytes)
    let arenaBytes = planned + 4096
    let arena = mrm_memory_allocate(arenaBytes)!
    defer { mrm_memory_free(arena, arenaBytes) }
    mrm_memory_mark(arena, arenaBytes)
    let given = inputs.map { FencedTensor($0) }
    var tensors = given
    for output in program.outputs {
      if inPlace, let alias = output.alias {
        tensors.append(given[alias])
      } else {
        tensors.append(FencedTensor(output.type))
      }
    }
    let status = execute(pool, tensors.map(\.memory), arena, threads, between)
    let results = tensors.dropFirst(inputs.count)
    var damage = tensors.filter { !$0.isFenceWhole }.map { "memory beyond a \($0.type) was written" }
    let updated = inPlace ? Set(program.outputs.compactMap(\.alias)) : []
    for (index, input) in inputs.enumerated() where !updated.contains(index) && !given[index].isStill(input) {
      damage.append("argument \(program.inputs[index].name) was written")
    }
    let highWater = mrm_memory_high_water(arena, arenaBytes)
    if highWater > planned { damage.append("memory beyond the arena was written") }
    return Run(outputs: results.map { $0.value() }, highWater: highWater, status: status, damage: damage)
  }

  private final class Between {
    let run: @Sendable (Int, Int) -> Void
    let threads: Int
    init(_ run: @escaping @Sendable (Int, Int) -> Void, _ threads: Int) { (self.run, self.threads) = (run, threads) }
  }

  private func execute(
    _ pool: OpaquePointer, _ bindings: [UnsafeMutableRawPointer?], _ arena: UnsafeMutableRawPointer, _ threads: Int32,
    _ between: (@Sendable (Int, Int) -> Void)?
  ) -> Int32 {
    guard let between else { return mrm_execute(pool, function, bindings, arena, nil) }
    let context = Between(between, Int(threads))
    var options = mrm_execution()
    options.task_context = Unmanaged.passUnretained(context).toOpaque()
    options.task_count = Int32(program.calls.count) * threads
    options.task = { context, index in
      let between = Unmanaged<Between>.fromOpaque(context!).takeUnretainedValue()
      between.run(Int(index) % between.threads, Int(index) / between.threads)
    }
    return withExtendedLifetime(context) { mrm_execute(pool, function, bindings, arena, &options) }
  }
}
