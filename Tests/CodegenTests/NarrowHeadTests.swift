import BufferIR
import Codegen
import Interpreter
import JITHarness
import LLVMKit
import Support
import TensorIR
import Testing

/// Fused attention and the fused head where their operands are bf16: in pairs where the processor has them, else in f32.
@Suite struct NarrowHeadTests {
  private static func compile(_ function: Function, _ name: String) throws -> CompiledProgram {
    let target = try Target.named(name)
    var options = LoweringOptions()
    options.products = .auto
    return try CompiledProgram.compile([function], options: options.suited(to: target), target: target)[0]
  }

  private static func expectNear(_ function: Function, _ name: String, tolerance: Double) throws {
    let compiled = try compile(function, name)
    let inputs = RandomGraphTests.inputs(function, seed: 3)
    let expected = try Interpreter.run(function, inputs: inputs, options: .init(roundToType: true))
    for threads in [1, 2, 3] {
      let found = compiled.run(inputs, threads: Int32(threads)).outputs
      for (index, result) in function.results.enumerated() {
        let difference = relativeDifference(found[index], expected[index])
        #expect(difference <= tolerance, "\(result.name), \(threads) threads: off by \(difference)")
      }
    }
  }

  /// Odd numbers of rows and keys, several tiles of rows, narrow last panels.
  @Test(
    arguments: ["x86-64-v3", TargetNames.emulated, "native"],
    [(50, 50, 64, 64), (7, 5, 2, 4), (33, 101, 16, 48), (197, 197, 128, 128), (90, 700, 8, 8)])
  func attention(_ target: String, _ sizes: (m: Int, n: Int, d: Int, e: Int)) throws {
    for roundsAdjoint in [false, true] { try attention(target, sizes, roundsAdjoint) }
  }

  private func attention(
    _ target: String, _ sizes: (m: Int, n: Int, d: Int, e: Int), _ roundsAdjoint: Bool
  ) throws {
    var function = Function(name: "attention")
    let (m, n, d, e) = sizes
    for (name, shape) in [("q", [2, m, d]), ("k", [2, n, d]), ("v", [2, n, e]), ("g", [2, m, e])] {
      function.addArgument(Argument(name, TensorType(.f32, shape)))
    }
    let x = function.argumentValues
    var b = Builder(function)
    let op = Attention(scale: 0.3, hasBias: false, dropout: nil, narrow: true)
    var inputs: [ValueID] = []
    for value in x[..<3] { inputs.append(try b.convert(value, to: .bf16)) }
    let adjoint = roundsAdjoint ? try b.convert(x[3], to: .bf16) : x[3]
    let forward = try b.addAll(.attention(op), inputs)
    let adjoints = try b.addAll(.attentionGradient(AttentionGradient(op)), inputs + [forward[1], adjoint])
    b.function.results = zip(["out", "sums", "dq", "dk", "dv"], forward + adjoints).map { FunctionResult($0, $1) }
    // Without pairs all is rounded as the interpreter rounds it; with them exponentials are rough, so that more falls otherwise.
    try Self.expectNear(b.function, target, tolerance: Target.named(target).has("avx512bf16") ? 0.02 : 1e-3)
  }

  @Test(arguments: ["x86-64-v3", TargetNames.emulated, "native"], [(24, 32, 130), (400, 8, 49), (7, 16, 20)])
  func head(_ target: String, _ sizes: (rows: Int, features: Int, classes: Int)) throws {
    var function = Function(name: "head")
    let (rows, features, classes) = sizes
    function.addArgument(Argument("h", TensorType(.f32, [rows, features])))
    function.addArgument(Argument("w", TensorType(.f32, [classes, features])))
    function.addArgument(Argument("b", TensorType(.f32, [classes])))
    function.addArgument(Argument("g", TensorType(.f32, [rows])))
    let x = function.argumentValues
    var b = Builder(function)
    let labels = try b.add(.iota(Iota(axis: 0, TensorType(.i32, [rows]))), [])
    let operands = [try b.convert(x[0], to: .bf16), try b.convert(x[1], to: .bf16), labels, x[2], x[3]]
    let op = LinearCrossEntropyGradient(hasBias: true, hasWeights: false, givesBias: true)
    let results = try b.addAll(.linearCrossEntropyGradient(op), operands)
    b.function.results = zip(["loss", "dh", "dw", "db"], results).map { FunctionResult($0, $1) }
    try Self.expectNear(b.function, target, tolerance: 0.02)
  }
}
