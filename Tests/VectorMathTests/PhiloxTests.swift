import Codegen
import LLVMKit
import Support
import TensorIR
import Testing

struct PhiloxTests {
  enum Shape: Hashable, Sendable {
    case any(Int)
    case words16, words64
  }

  private typealias Kernel = @convention(c) (Int64, Int64, UnsafeMutablePointer<UInt32>) -> Void

  private func kernel(_ target: Target, _ shape: Shape, stream: Int) throws -> (JIT, Kernel) {
    let module = ModuleBuilder(name: "philox", target: target)
    let function = module.addFunction("philox", params: [module.i64, module.i64, module.ptr], result: module.void)
    let e = Emitter(module, function)
    let philox = PhiloxEmitter(e, seed: function.parameter(0), stream: e.i32(stream))
    let base = function.parameter(1)
    switch shape {
    case .any(let lanes): e.store(philox.words(base: base, lanes: lanes), function.parameter(2))
    case .words16: e.store(philox.words16(base: base), function.parameter(2))
    case .words64:
      for (index, words) in philox.words64(base: base).enumerated() {
        e.store(words, e.gep(words.type, function.parameter(2), index))
      }
    }
    e.ret()
    let jit = try JIT()
    try jit.add(object: try module.compiled())
    return (jit, unsafeBitCast(try jit.symbol("philox"), to: Kernel.self))
  }

  private func check(_ target: Target, _ shape: Shape, count: Int, bases: [Int]) throws {
    for (stream, seed) in [(0, 0), (7, -1), (Int(UInt32.max), 0x0123_4567_89AB_CDEF)] {
      let (jit, philox) = try kernel(target, shape, stream: stream)
      for base in bases {
        var words = [UInt32](repeating: 0, count: count)
        philox(Int64(seed), Int64(base), &words)
        let expected = (0..<count).map { Philox.dropoutBits(index: base + $0, stream: stream, seed: Int64(seed)) }
        #expect(words == expected, "\(shape) at \(base), stream \(stream)")
      }
      _ = jit
    }
  }

  @Test(arguments: fusedTargets)
  func anyBaseAndLaneCount(_ target: Target) throws {
    for lanes in [1, 2, 3, 8, 15, 16, 32] {
      try check(target, .any(lanes), count: lanes, bases: [0, 1, 15, 48, 63, 64, 1000, (1 << 34) - 5, 1 << 36])
    }
  }

  @Test(arguments: fusedTargets)
  func alignedBlocks(_ target: Target) throws {
    try check(target, .words16, count: 16, bases: [0, 16, 32, 48, 64, 1 << 20, (1 << 34) - 16, 1 << 34])
    try check(target, .words64, count: 64, bases: [0, 64, 128, (1 << 34) - 64, 1 << 34, 1 << 37])
  }

  @Test func keptElementsAreThoseOfTheDefinition() throws {
    let dropout = Dropout(rate: 0.3, stream: 5)
    let module = ModuleBuilder(name: "keep", target: .host())
    let function = module.addFunction("keep", params: [module.ptr], result: module.void)
    let e = Emitter(module, function)
    let philox = PhiloxEmitter(e, seed: e.i64(42), stream: e.i32(5))
    e.loop(from: 0, to: 4096, step: 16) { i in
      let aligned = philox.keep(base: i, lanes: 16, threshold: dropout.threshold, isMultipleOf16: true)
      let general = philox.keep(base: i, lanes: 16, threshold: dropout.threshold)
      let flags = e.or(e.zext(aligned, to: e.i8), e.shl(e.zext(general, to: e.i8), e.constant(e.i8.vector(16), 1)))
      e.store(flags, e.gep(e.i8, function.parameter(0), i))
    }
    e.ret()
    let jit = try JIT()
    try jit.add(object: try module.compiled())
    var flags = [UInt8](repeating: 9, count: 4096)
    typealias Kernel = @convention(c) (UnsafeMutablePointer<UInt8>) -> Void
    unsafeBitCast(try jit.symbol("keep"), to: Kernel.self)(&flags)
    let expected: [UInt8] = (0..<4096).map {
      Philox.dropoutBits(index: $0, stream: 5, seed: 42) >= dropout.threshold ? 3 : 0
    }
    #expect(flags == expected)
    let kept = Double(flags.filter { $0 == 3 }.count) / 4096
    #expect((kept - 0.7).magnitude < 0.03)
  }
}
