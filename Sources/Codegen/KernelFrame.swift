import BufferIR
import LLVMKit
import TensorIR

/// The function that a kernel becomes: its parameters, its share of the work, and the types of elements.
struct KernelFrame {
  let emitter: Emitter
  let lanes: Int

  /// Adds `void name(ptr args, i32 thread, i32 threads, ptr team)` (`mrm_kernel`) to the module; the body starts at its entry
  /// block. If the kernel has dropouts it takes their `streams` too, an `i32` each, and only its module calls it
  /// (`KernelFamily`).
  init(_ module: ModuleBuilder, name: String, streams: Int = 0) {
    let function = module.addFunction(
      name, params: Self.parameters(module) + Array(repeating: module.i32, count: streams), result: module.void,
      attributes: FunctionAttributes(noInline: streams > 0, framePointer: .nonLeaf),
      linkage: streams > 0 ? .internal : .external)
    emitter = Emitter(module, function)
    lanes = module.target.floatLanes
  }

  /// What every kernel is called with.
  static func parameters(_ module: ModuleBuilder) -> [Type] { [module.ptr, module.i32, module.i32, module.ptr] }

  /// A stream of the kernel's dropouts, by its number.
  func stream(_ number: Int) -> Value { emitter.function.parameter(Self.parameters(emitter.module).count + number) }

  /// The address of an operand.
  func operand(_ index: Int) -> Value {
    emitter.load(emitter.ptr, emitter.gep(emitter.ptr, emitter.function.parameter(0), index))
  }

  /// This thread, and how many there are.
  var thread: Value { emitter.sext(emitter.function.parameter(1), to: emitter.i64) }
  var threads: Value { emitter.sext(emitter.function.parameter(2), to: emitter.i64) }

  /// Scratch memory: this thread's own, or another's.
  func scratch(of thread: Value? = nil) -> Value { teamMemory(0, of: thread ?? self.thread) }

  /// The `mrm_offer` of a thread.
  func offer(of thread: Value) -> Value { teamMemory(16, of: thread) }

  /// Waits until another thread has changed a word of an offer that was `old`.
  func wait(_ word: Value, _ old: Value) {
    let e = emitter
    let team = e.function.parameter(3)
    let wait = e.load(e.ptr, e.gep(e.i8, team, 32))
    e.call(
      address: wait, params: [e.ptr, e.i32, e.ptr, e.i64], result: e.module.void,
      [team, e.function.parameter(1), word, old])
  }

  /// A thread's part of what `mrm_team` has an address of at `offset` bytes, and behind it the bytes from thread to thread.
  private func teamMemory(_ offset: Int, of thread: Value) -> Value {
    let e = emitter
    let team = e.function.parameter(3)
    let start = e.load(e.ptr, e.gep(e.i8, team, offset))
    return e.gep(e.i8, start, e.mul(thread, e.load(e.i64, e.gep(e.i8, team, offset + 8))))
  }

  /// The part `start ..< end` of `count` items that a thread takes, this one unless another is named; parts begin at multiples
  /// of `grain`.
  func share(of count: Int, grain: Int = 1, thread: Value? = nil) -> (start: Value, end: Value) {
    let e = emitter
    let (thread, threads) = (thread ?? self.thread, threads)
    let pieces = (count + grain - 1) / grain
    func bound(_ thread: Value) -> Value {
      let piece = e.udiv(e.mul(thread, e.i64(pieces)), threads)
      return grain == 1 ? piece : e.smin(e.mul(piece, e.i64(grain)), e.i64(count))
    }
    return (bound(thread), bound(e.add(thread, e.i64(1))))
  }

  /// The same for a number of items known only when the kernel runs.
  func share(of count: Value) -> (start: Value, end: Value) {
    let e = emitter
    let (thread, threads) = (thread, threads)
    func bound(_ thread: Value) -> Value { e.udiv(e.mul(thread, count), threads) }
    return (bound(thread), bound(e.add(thread, e.i64(1))))
  }

  /// Splits a running number into coordinates, the last fastest.
  func coordinates(_ index: Value, _ extents: [Int]) -> [Value] {
    var rest = index
    var result: [Value] = []
    for (position, extent) in extents.enumerated().reversed() {
      if position == 0 {
        result.append(rest)
      } else {
        result.append(emitter.urem(rest, emitter.i64(extent)))
        rest = emitter.udiv(rest, emitter.i64(extent))
      }
    }
    return result.reversed()
  }

  /// Σ coordinate·stride.
  func dot(_ coordinates: [Value], _ strides: [Int]) -> Value {
    var sum = emitter.i64(0)
    for (coordinate, stride) in zip(coordinates, strides) where stride != 0 {
      sum = emitter.add(sum, stride == 1 ? coordinate : emitter.mul(coordinate, emitter.i64(stride)))
    }
    return sum
  }

  /// The type an element has in memory.
  func memoryType(_ element: ElementType) -> Type {
    switch element {
    case .f32: emitter.f32
    case .f64: emitter.f64
    case .bf16: emitter.bf16
    case .i32: emitter.i32
    case .i64: emitter.i64
    case .bool: emitter.i8
    }
  }

  /// The type it has in registers: bf16 computes in f32, bool is one bit.
  func registerType(_ element: ElementType) -> Type {
    switch element {
    case .bf16: emitter.f32
    case .bool: emitter.i1
    case .f32, .f64, .i32, .i64: memoryType(element)
    }
  }

  /// From memory form to register form, scalar or vector.
  func toRegister(_ value: Value, _ element: ElementType) -> Value {
    switch element {
    case .bf16: emitter.widenBF16(value)
    case .bool: emitter.icmp(.ne, value, emitter.zero(value.type))
    case .f32, .f64, .i32, .i64: value
    }
  }

  func toMemory(_ value: Value, _ element: ElementType) -> Value {
    switch element {
    case .bf16: emitter.narrowToBF16(value)
    case .bool: emitter.zext(value, to: emitter.i8)
    case .f32, .f64, .i32, .i64: value
    }
  }
}
