import BufferIR
import CRuntime
import Codegen
import Interpreter
import LLVMKit
import OpHarness
import Support
import TensorIR

/// A function compiled and loaded into the test process.
struct CompiledProgram {
  let program: Program
  private let jit: JIT
  private let function: UnsafePointer<mrm_function>

  init(_ function: Function, options: LoweringOptions = LoweringOptions(), target: Target = .host()) throws(Diagnostic)
  {
    self = try Self.compile([function], options: options, target: target)[0]
  }

  private init(_ program: Program, _ jit: JIT) throws(Diagnostic) {
    self.program = program
    self.jit = jit
    function = try jit.symbol("mrm_fn_\(program.name)").assumingMemoryBound(to: mrm_function.self)
  }

  /// Many functions, of distinct names, in one compilation.
  static func compile(
    _ functions: [Function], options: LoweringOptions = LoweringOptions(), target: Target = .host()
  ) throws(Diagnostic) -> [CompiledProgram] {
    var programs: [Program] = []
    for function in functions { programs.append(try Program.lower(function, options: options)) }
    var codegen = CodegenOptions()
    codegen.target = target
    let objects = try CodeGenerator.objects(programs, manifest: "{}", stages: [], main: false, options: codegen)
    let jit = try JIT()
    try ProcessSymbols.define(in: jit)
    for object in objects { try jit.add(object: object) }
    var result: [CompiledProgram] = []
    for program in programs { result.append(try CompiledProgram(program, jit)) }
    return result
  }

  struct Run {
    var outputs: [HostTensor]
    /// Bytes of the arena that were written, from its start.
    var highWater: Int
    /// Index of the guard that stopped it, or MRM_DONE.
    var status: Int32
  }

  /// Runs on some threads. Aliased outputs share their input's memory if `inPlace`.
  func run(_ inputs: [HostTensor], threads: Int32 = 2, inPlace: Bool = false) -> Run {
    let pool = mrm_pool_create(threads)!
    defer { mrm_pool_destroy(pool) }
    let arenaBytes = max(64, Int(function.pointee.arena_bytes))
    let arena = mrm_memory_allocate(arenaBytes)!
    defer { mrm_memory_free(arena, arenaBytes) }
    mrm_memory_mark(arena, arenaBytes)
    var bindings: [UnsafeMutableRawPointer?] = []
    for input in inputs { bindings.append(Self.allocate(input)) }
    var owned = bindings
    for output in program.outputs {
      if inPlace, let alias = output.alias {
        bindings.append(bindings[alias])
      } else {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: max(64, output.type.byteCount), alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: output.type.byteCount)
        bindings.append(memory)
        owned.append(memory)
      }
    }
    let status = mrm_execute(pool, function, bindings, arena, nil)
    let outputs = program.outputs.enumerated().map { i, output in
      Self.read(bindings[inputs.count + i]!, output.type)
    }
    for memory in owned { memory?.deallocate() }
    return Run(outputs: outputs, highWater: mrm_memory_high_water(arena, arenaBytes), status: status)
  }

  private static func allocate(_ tensor: HostTensor) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(64, tensor.type.byteCount), alignment: 64)
    func fill<T: BitwiseCopyable>(_ values: [T]) {
      memory.copyMemory(from: values, byteCount: values.count * MemoryLayout<T>.stride)
    }
    switch tensor.type.element {
    case .f32: fill(tensor.reals.map(Float.init))
    case .f64: fill(tensor.reals)
    case .bf16: fill(tensor.reals.map { UInt16(truncatingIfNeeded: Float($0).bitPattern >> 16) })
    case .i32: fill(tensor.integers.map { Int32($0) })
    case .i64: fill(tensor.integers)
    case .bool: fill(tensor.integers.map { UInt8($0) })
    }
    return memory
  }

  private static func read(_ memory: UnsafeMutableRawPointer, _ type: TensorType) -> HostTensor {
    func values<T>(_: T.Type) -> [T] {
      Array(UnsafeBufferPointer(start: memory.assumingMemoryBound(to: T.self), count: type.count))
    }
    switch type.element {
    case .f32: return HostTensor(type, values(Float.self).map(Double.init))
    case .f64: return HostTensor(type, values(Double.self))
    case .bf16: return HostTensor(type, values(UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) })
    case .i32: return HostTensor(type, values(Int32.self).map(Int64.init))
    case .i64: return HostTensor(type, values(Int64.self))
    case .bool: return HostTensor(type, values(UInt8.self).map(Int64.init))
    }
  }
}

extension OpRow {
  /// The row's generated inputs as tensors.
  func tensors(for function: Function, seed: UInt64) -> [HostTensor] {
    zip(function.arguments, values(for: function, seed: seed)).map { argument, values in
      switch values {
      case .reals(let elements): HostTensor(argument.type, elements)
      case .integers(let elements): HostTensor(argument.type, elements)
      }
    }
  }
}

/// The largest difference relative to the expected tensor's own largest value; NaN and infinity must agree.
func relativeDifference(_ found: HostTensor, _ expected: HostTensor) -> Double {
  if !expected.type.element.isFloat { return found.integers == expected.integers ? 0 : .infinity }
  let scale = max(1e-30, expected.reals.map { abs($0) }.filter { $0.isFinite }.max() ?? 0)
  var worst = 0.0
  for (a, b) in zip(found.reals, expected.reals) where !(a == b || (a.isNaN && b.isNaN)) {
    worst = max(worst, a.isFinite && b.isFinite ? abs(a - b) / scale : .infinity)
  }
  return worst
}
