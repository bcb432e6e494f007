import Glibc
import LLVMKit
import Testing

/// What AVX-512 does in one instruction, emulated and, where this machine has it, real.
struct WideInstructionTests {
  static let targets = runnableTargets.filter { $0.has("avx512bf16") }

  /// out[0..<16] of in[0..<16] and in[16..<32], 16 lanes of f32 each.
  private func lanes(
    _ target: Target, _ a: [Float], _ b: [Float], _ body: @escaping (Emitter, Value, Value) -> Value
  ) throws -> [Float] {
    let program = try Loaded(target) { module in
      addKernel(module, "wide") { e, input, output in
        let type = e.f32.vector(16)
        e.store(body(e, e.load(type, input), e.load(type, e.gep(type, input, 1))), output)
      }
    }
    var input = a + b
    var output = [Float](repeating: 0, count: 16)
    try program.call("wide", &input, &output)
    return output
  }

  @Test(arguments: targets) func powersOfTwo(_ target: Target) throws {
    let x: [Float] = [1, -1.5, 0, 1.9999999, 0.70, 1.25, 1.25, 1.75, 1, 1, 1.5, -1, .nan, 1, 0, 256]
    let n: [Float] = [
      0, 3.99, 5, 127, -126, -126, -140.5, -149, -150, -1000, 128, 2e9, 1, .nan, .nan, -130,
    ]
    let found = try lanes(target, x, n) { e, x, n in e.scaleByPower(x, n) }
    for (i, y) in found.enumerated() {
      let exact = Double(x[i]) * (n[i].isNaN ? .nan : pow(2, Double(n[i]).rounded(.down)))
      #expect(y == Float(exact) || (y.isNaN && exact.isNaN), "\(x[i]) · 2^\(n[i]) is \(y)")
    }
  }

  @Test(arguments: targets) func fractions(_ target: Target) throws {
    let x: [Float] = [
      0, 1, -1, 0.25, -0.25, 1.75, -1.75, 100.125, -100.125, 8388607.5, -8388607.5, 3e9, 0x1p-30, 2.5, -2.5, 7,
    ]
    let found = try lanes(target, x, x) { e, x, _ in e.fractionAboveFloor(x) }
    for (i, y) in found.enumerated() { #expect(y == x[i] - x[i].rounded(.down), "\(x[i])") }
    #expect(try lanes(target, Array(repeating: .nan, count: 16), x) { e, x, _ in e.fractionAboveFloor(x) }[0].isNaN)
  }

  @Test(arguments: targets) func reciprocals(_ target: Target) throws {
    let x = (0..<16).map { Float(1.0 + 0.37 * Double($0)) }
    let found = try lanes(target, x, x) { e, x, _ in e.approximateReciprocal(x) }
    for (i, y) in found.enumerated() { #expect((Double(y) * Double(x[i]) - 1).magnitude <= 0x1p-14, "1 / \(x[i])") }
    #expect(found != x.map { 1 / $0 }, "an approximation")
  }

  /// The order of a pair's products shows where the sum is rounded; subnormal numbers are zeros.
  @Test(arguments: targets) func pairs(_ target: Target) throws {
    func bits(_ low: Float, _ high: Float) -> Float {
      Float(bitPattern: low.bitPattern >> 16 | (high.bitPattern & 0xFFFF_0000))
    }
    let tiny = Float(bitPattern: 0x0040_0000)
    var a = [Float](repeating: bits(3, 0.5), count: 16)
    var b = [Float](repeating: bits(-7, 8), count: 16)
    (a[1], b[1]) = (bits(0x1p24, 1), bits(1, 1))
    (a[2], b[2]) = (bits(1, 0x1p24), bits(1, 1))
    (a[3], b[3]) = (bits(tiny, 0), bits(0x1p100, 0))
    (a[4], b[4]) = (bits(0x1p-70, 0), bits(0x1p-70, 0))
    (a[5], b[5]) = (bits(.nan, 0), bits(1, 0))
    (a[6], b[6]) = (bits(2, .infinity), bits(2, 1))
    let found = try lanes(target, a, b) { e, a, b in
      let type = e.bf16.vector(32)
      return e.addProductsOfPairs(e.constant(e.f32.vector(16), 1), e.bitcast(a, to: type), e.bitcast(b, to: type))
    }
    #expect(found[0] == 1 - 21 + 4)
    #expect(found[1] == 0x1p24 + 2 && found[2] == 0x1p24)
    #expect(found[3] == 1 && found[4] == 1 && found[5].isNaN && found[6] == .infinity)
  }

  @Test(arguments: targets) func roundingToBF16(_ target: Target) throws {
    let x: [Float] = [
      1, 1.00390625, 1.01171875, -1.00390625, 0, -0.0, 3.3895e38, .infinity, -.infinity, 0x1p-126, 0x1p-127, -0x1p-130,
      2, 3, 4, 5,
    ]
    let found = try lanes(target, x, x) { e, x, _ in e.roundToBF16(x) }
    let expected: [Float] = [
      1, 1, 1.015625, -1, 0, -0.0, 0x1.FEp127, .infinity, -.infinity, 0x1p-126, 0, -0.0, 2, 3, 4, 5,
    ]
    for (y, z) in zip(found, expected) { #expect(y.bitPattern == z.bitPattern, "\(y) for \(z)") }
    #expect(try lanes(target, Array(repeating: .nan, count: 16), x) { e, x, _ in e.roundToBF16(x) }[0].isNaN)
  }
}
