import LLVMKit
import Support
import Testing

struct MemoryTests {
  @Test(arguments: runnableTargets)
  func copiesClearsAndStreams(_ target: Target) throws {
    let program = try Loaded(target) { module in
      addKernel(module, "move") { e, input, output in
        let stack = e.alloca(e.f32, count: 16)
        e.prefetch(input, locality: 2)
        e.memcpy(stack, input, bytes: e.i64(64))
        e.memzero(stack, bytes: e.i64(8))
        e.storeNonTemporal(e.load(e.f32.vector(16), stack, alignment: 64), output)
        let greater = e.fcmp(.ogt, e.load(e.f32.vector(16), stack), e.constant(e.f32.vector(16), 14.5))
        e.store(e.select(e.any(greater), e.f32(1), e.f32(0)), e.gep(e.f32, output, 16))
      }
    }
    var input = (0..<16).map { Float($0) }
    let output = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 64)
    defer { output.deallocate() }
    try program.call("move", &input, output)
    let floats = output.assumingMemoryBound(to: Float.self)
    var expected: [Float] = input
    expected[1] = 0
    expected.append(1)
    #expect(Array(UnsafeBufferPointer(start: floats, count: 17)) == expected)
  }

  /// Threads add to one counter, and publish in a second what they have stored before.
  @Test func threadsAddToTheSameCounter() throws {
    let program = try Loaded(.host()) { module in
      // counters[0] counts; the thread that makes it a multiple of 1000 adds that to counters[1], through memory of its own.
      addKernel(module, "count") { e, counters, own in
        let sum = e.gep(e.i64, counters, 1)
        e.loop(from: 0, to: 100_000) { _ in
          let count = e.add(e.addAtomic(e.i64(1), counters), e.i64(1))
          e.ifThen(e.icmp(.eq, e.urem(count, e.i64(1000)), e.i64(0))) {
            e.storeAtomic(count, own)
            _ = e.addAtomic(e.loadAtomic(e.i64, own), sum)
          }
        }
      }
    }
    let memory = UnsafeMutablePointer<Int64>.allocate(capacity: 64)
    memory.initialize(repeating: 0, count: 64)
    defer { memory.deallocate() }
    let address = UInt(bitPattern: memory)
    let kernel = UInt(bitPattern: try program.jit.symbol("count"))
    typealias Count = @convention(c) (UnsafeMutablePointer<Int64>, UnsafeMutablePointer<Int64>) -> Void
    _ = try concurrentMap([1, 2, 3, 4], threads: 4) { (thread) throws(Diagnostic) in
      let memory = UnsafeMutablePointer<Int64>(bitPattern: address)!
      unsafeBitCast(kernel, to: Count.self)(memory, memory + 8 * thread)
    }
    #expect(memory[0] == 400_000)
    #expect(memory[1] == (1...400).reduce(0) { $0 + 1000 * Int64($1) })
  }

  @Test func globalsKeepStateBetweenCalls() throws {
    let program = try Loaded(.host()) { module in
      let counter = module.zeroedGlobal("counter", module.i64)
      addKernel(module, "count") { e, _, output in
        let next = e.add(e.load(e.i64, counter), e.i64(1))
        e.store(next, counter)
        e.store(next, output)
      }
    }
    var unused: Int64 = 0
    var output: Int64 = 0
    for round in 1...3 {
      try program.call("count", &unused, &output)
      #expect(output == Int64(round))
    }
  }

  @Test func callsThroughAnAddress() throws {
    let program = try Loaded(.host()) { module in
      addKernel(module, "indirect") { e, input, output in
        let callee = e.load(e.ptr, input)
        let argument = e.load(e.i64, e.gep(e.i64, input, 1))
        e.store(e.call(address: callee, params: [e.i64], result: e.i64, [argument]), output)
      }
    }
    let square: @convention(c) (Int64) -> Int64 = { $0 * $0 }
    var input = [unsafeBitCast(square, to: Int64.self), -12]
    var output: Int64 = 0
    try program.call("indirect", &input, &output)
    #expect(output == 144)
  }

  /// Masked accesses of bf16, of all processors, call no function: a program is linked with none of the compiler's runtime.
  @Test(arguments: ["x86-64-v2", "x86-64-v3", "x86-64-v4"])
  func maskedBF16(_ level: String) throws {
    let target = try Target.named(level)
    func build(_ module: ModuleBuilder) {
      addKernel(module, "copy") { e, input, output in
        let mask = e.laneMask(e.load(e.i64, input), lanes: 8)
        let numbers = e.gep(e.i64, input, 1)
        let type = e.bf16.vector(8)
        let minus = e.bitcast(e.constant(type.asInteger, 0xBF80), to: type)
        e.maskedStore(e.maskedLoad(type, numbers, mask: mask, passthrough: minus), output, mask: e.not(mask))
        let lanes = e.iota(e.i64, 8)
        let gathered = e.gather(type, e.gep(e.bf16, numbers, lanes), mask: mask, passthrough: minus)
        e.scatter(gathered, e.gep(e.bf16, e.gep(e.bf16, output, 8), lanes), mask: mask)
      }
    }
    let module = ModuleBuilder(name: "masked", target: target)
    build(module)
    try module.optimize(level: .standard)
    #expect(!(try module.emitAssembly()).contains("call"))
    guard runnableTargets.contains(target) else { return }
    let program = try Loaded(target, build)
    var input: [UInt16] = [3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]
    var output = [UInt16](repeating: 9, count: 16)
    try program.call("copy", &input, &output)
    #expect(output == [9, 9, 9] + Array(repeating: 0xBF80, count: 5) + [1, 2, 3] + Array(repeating: 9, count: 5))
  }
}
