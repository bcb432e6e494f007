import Glibc
import LLVMKit
import Support
import Testing

struct EmitterTests {
  @Test(arguments: runnableTargets)
  func vectorLoopWithMaskedTail(_ target: Target) throws {
    let count = 37
    let program = try Loaded(target) { module in
      addKernel(module, "axpy") { e, x, y in
        let type = e.f32.vector(16)
        let total = e.i64(count)
        e.loop(from: e.i64(0), to: total, step: 16) { i in
          let mask = e.laneMask(e.sub(total, i), lanes: 16)
          let a = e.maskedLoad(type, e.gep(e.f32, x, i), mask: mask)
          let b = e.maskedLoad(type, e.gep(e.f32, y, i), mask: mask)
          e.maskedStore(e.fma(e.constant(type, 2.5), a, b), e.gep(e.f32, y, i), mask: mask)
        }
      }
    }
    var x = (0..<48).map { Float($0) }
    var y = (0..<48).map { Float($0 * $0) }
    try program.call("axpy", &x, &y)
    for i in 0..<48 { #expect(y[i] == (i < count ? 2.5 * Float(i) + Float(i * i) : Float(i * i))) }
  }

  @Test(arguments: OptimizationLevel.allCases)
  func carriedValuesAndBranches(_ level: OptimizationLevel) throws {
    let program = try Loaded(.host(), level: level) { module in
      // out[0] = the sum of odd numbers below in[0], out[1] = how many rounds ran
      addKernel(module, "odds") { e, input, output in
        let limit = e.load(e.i64, input)
        let sums = e.loop(from: e.i64(0), to: limit, initial: [e.i64(0), e.i64(0)], unrolling: .times(4)) {
          i, carried in
          let isOdd = e.icmp(.eq, e.and(i, e.i64(1)), e.i64(1))
          let next = e.ifElse(isOdd, then: { [e.add(carried[0], i)] }, else: { [carried[0]] })
          return [next[0], e.add(carried[1], e.i64(1))]
        }
        e.store(sums[0], output)
        e.ifThen(e.icmp(.ne, sums[1], e.i64(0))) { e.store(sums[1], e.gep(e.i64, output, 1)) }
      }
    }
    for limit in [0, 1, 2, 7, 100] {
      var input = Int64(limit)
      var output: [Int64] = [-1, -1]
      try program.call("odds", &input, &output)
      #expect(output[0] == (0..<Int64(limit)).filter { $0 % 2 == 1 }.reduce(0, +))
      #expect(output[1] == (limit == 0 ? -1 : Int64(limit)))
    }
  }

  @Test(arguments: OptimizationLevel.allCases)
  func loopsRunWhileAConditionHolds(_ level: OptimizationLevel) throws {
    let program = try Loaded(.host(), level: level) { module in
      // out[0] = the steps of the Collatz sequence from in[0] to 1
      addKernel(module, "collatz") { e, input, output in
        let last = e.loop(initial: [e.load(e.i64, input), e.i64(0)], while: { e.icmp(.ne, $0[0], e.i64(1)) }) {
          state in
          let isOdd = e.icmp(.eq, e.and(state[0], e.i64(1)), e.i64(1))
          let next = e.ifElse(
            isOdd, then: { [e.add(e.mul(state[0], e.i64(3)), e.i64(1))] }, else: { [e.lshr(state[0], e.i64(1))] })
          return [next[0], e.add(state[1], e.i64(1))]
        }
        e.store(last[1], output)
      }
    }
    for (start, steps) in [(1, 0), (2, 1), (6, 8), (27, 111)] {
      var (input, output) = (Int64(start), Int64(-1))
      try program.call("collatz", &input, &output)
      #expect(output == Int64(steps))
    }
  }

  @Test(arguments: [1, 2, 3, 4, 7, 8, 16, 17, 32])
  func reductionsAreOneFixedTree(_ lanes: Int) throws {
    var results: [[Float]] = []
    for target in runnableTargets {
      let program = try Loaded(target) { module in
        addKernel(module, "reduce") { e, input, output in
          let v = e.load(e.f32.vector(lanes), input)
          e.store(e.reduceAdd(v), output)
          e.store(e.reduceMax(v), e.gep(e.f32, output, 1))
          e.store(e.reduceMin(v), e.gep(e.f32, output, 2))
        }
      }
      var input = (0..<lanes).map { Float(sin(Double($0 + 1))) * 1e3 }
      var output: [Float] = [0, 0, 0]
      try program.call("reduce", &input, &output)
      var tree = input
      var power = 1
      while power < lanes { power *= 2 }
      tree += Array(repeating: -0.0, count: power - lanes)
      while tree.count > 1 { tree = (0..<tree.count / 2).map { tree[$0] + tree[$0 + tree.count / 2] } }
      #expect(output == [tree[0], input.max()!, input.min()!])
      results.append(output)
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test(arguments: runnableTargets)
  func gatherScatterAndShuffles(_ target: Target) throws {
    let program = try Loaded(target) { module in
      addKernel(module, "permute") { e, input, output in
        let reverse = e.sub(e.constant(e.i64.vector(8), 7), e.iota(e.i64, 8))
        let mask = e.icmp(.ne, e.iota(e.i64, 8), e.constant(e.i64.vector(8), 3))
        let v = e.gather(
          e.f32.vector(8), e.gep(e.f32, input, reverse), mask: mask, passthrough: e.constant(e.f32.vector(8), -1))
        e.scatter(v, e.gep(e.f32, output, e.iota(e.i64, 8)), mask: mask)
        let halves = e.concat(e.slice(v, from: 4, count: 4), e.slice(v, from: 0, count: 4))
        e.store(halves, e.gep(e.f32, output, 8))
      }
    }
    var input: [Float] = [0, 1, 2, 3, 4, 5, 6, 7]
    var output = [Float](repeating: 99, count: 16)
    try program.call("permute", &input, &output)
    #expect(output == [7, 6, 5, 99, 3, 2, 1, 0, 3, 2, 1, 0, 7, 6, 5, -1])
  }

  @Test(arguments: runnableTargets)
  func bf16RoundsToNearestEven(_ target: Target) throws {
    let program = try Loaded(target) { module in
      addKernel(module, "narrow") { e, input, output in
        e.store(e.narrowToBF16(e.load(e.f32.vector(16), input)), output)
      }
      addKernel(module, "widen") { e, input, output in
        e.store(e.widenBF16(e.load(e.bf16.vector(16), input)), output)
      }
      addKernel(module, "both") { e, input, output in
        e.store(e.narrowToBF16(e.widenBF16(e.load(e.bf16.vector(16), input))), output)
      }
    }
    var input: [Float] = [
      0, -0.0, 1, 1.00390625, 1.01171875, 3.14159274, -2.71828, 1e30, -1e-30, .infinity, -.infinity, .nan,
      Float.greatestFiniteMagnitude, 65504, 0.1, -1 / 3,
    ]
    var narrow = [UInt16](repeating: 0, count: 16)
    try program.call("narrow", &input, &narrow)
    for (x, bits) in zip(input, narrow) {
      if x.isNaN {
        #expect(Float(bitPattern: UInt32(bits) << 16).isNaN)
      } else {
        let odd = (x.bitPattern >> 16) & 1
        #expect(UInt32(bits) == (x.bitPattern + 0x7FFF + odd) >> 16, "\(x)")
      }
    }
    var wide = [Float](repeating: 0, count: 16)
    try program.call("widen", &narrow, &wide)
    #expect(zip(wide, narrow).allSatisfy { $0.bitPattern == UInt32($1) << 16 })
    // What was bf16 is the same again, a subnormal and a signalling NaN too.
    narrow[0...2] = [1, 0x7F81, 0x8001]
    var same = [UInt16](repeating: 0, count: 16)
    try program.call("both", &narrow, &same)
    #expect(same == narrow)
  }

  @Test func malformedModulesAreReportedByTheVerifier() {
    let module = ModuleBuilder(name: "broken", target: .host())
    let function = module.addFunction("f", params: [], result: module.i32)
    Emitter(module, function).ret()
    #expect { try module.verify() } throws: { ($0 as? Diagnostic)?.code == .compilerBug }
  }

  @Test func exactArithmeticStaysExact() {
    let module = ModuleBuilder(name: "exact", target: .host())
    addKernel(module, "f") { e, input, output in
      let x = e.load(e.f32, input)
      e.store(e.fadd(e.fmul(x, x), x), output)
      e.store(e.fadd(e.fmul(x, x, fast: .contract), x, fast: [.contract, .reassociate]), output)
    }
    let text = module.print()
    #expect(
      text.contains("fmul float %") && text.contains("fmul contract float") && text.contains("fadd reassoc contract"))
    #expect(text.contains("\"prefer-vector-width\"=\"\(Target.host().vectorBits)\""))
    #expect(text.contains("ptr noalias %1"))
  }
}
