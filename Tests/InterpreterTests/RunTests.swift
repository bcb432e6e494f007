import Glibc
import Interpreter
import Support
import TensorIR
import Testing

@Suite struct RunTests {
  /// y = x + 1/3, z = y·y.
  private func function() throws(Diagnostic) -> Function {
    var function = Function(name: "f")
    let x = function.addArgument(Argument("x", TensorType(.bf16, [2])))
    var b = Builder(function)
    let y = try b.binary(.add, x, try b.splat(1.0 / 3, TensorType(.bf16, [2])))
    b.function.results = [
      FunctionResult("y", y), FunctionResult("z", try b.binary(.mul, y, y)), FunctionResult("x", x),
    ]
    return b.function
  }
  private let input = HostTensor(TensorType(.bf16, [2]), [1, 2.001])

  @Test func keepsDoublePrecision() throws {
    let results = try Interpreter.run(try function(), inputs: [input])
    let (p, q) = (1 + 1.0 / 3, 2.001 + 1.0 / 3)
    #expect(results.map(\.reals) == [[p, q], [p * p, q * q], [1, 2.001]])
  }

  @Test func roundsEachResultWhenAsked() throws {
    let results = try Interpreter.run(try function(), inputs: [input], options: .init(roundToType: true))
    #expect(results.map(\.reals) == [[1.3359375, 2.328125], [1.78125, 5.40625], [1, 2]])
    #expect(Rounding.round(1.00390625, to: .bf16) == 1)
    #expect(Rounding.round(1.01171875, to: .bf16) == 1.015625)
    #expect(Rounding.round(0.1, to: .f32) == Double(Float(0.1)))
  }

  @Test func roundsWithinFusedOperationsToo() throws {
    let op = Op.attention(Attention(scale: 1, hasBias: false, dropout: nil, narrow: true))
    let row = HostTensor(TensorType(.bf16, [1, 1, 1]), [1.0])
    let column = TensorType(.bf16, [1, 2, 1])
    let operands = [row, HostTensor(column, [1, 0.9921875]), HostTensor(column, [1.0, 0])]
    let exact = try Interpreter.evaluate(op, operands)[0].reals[0]
    #expect(abs(exact - 1 / (1 + exp(-0.0078125))) < 1e-12)
    #expect(try Interpreter.evaluate(op, operands, options: .init(rounded: [.bf16]))[0].reals == [0.5])
  }

  @Test func observerSeesEveryNodeAndMayStop() throws {
    let function = try function()
    var seen: [Int] = []
    _ = try Interpreter.run(function, inputs: [input]) { (node, results) throws(Diagnostic) in
      seen.append(node)
      #expect(results.map(\.type) == function.nodes[node].results.map { function.type(of: $0) })
    }
    #expect(seen == [0, 1, 2])
    #expect(throws: Diagnostic(.failure, "stop")) {
      try Interpreter.run(function, inputs: [input]) { (node, _) throws(Diagnostic) in
        if node == 1 { throw Diagnostic(.failure, "stop") }
      }
    }
  }

  @Test func wrongInputsAreNamed() throws {
    let function = try function()
    #expect(throws: Diagnostic(.badData, "@f: argument 'x' is f32[2], expected bf16[2]")) {
      try Interpreter.run(function, inputs: [HostTensor(TensorType(.f32, [2]), splat: 0)])
    }
    #expect(throws: Diagnostic(.badData, "@f takes 1 arguments, 0 are given")) {
      try Interpreter.run(function, inputs: [])
    }
  }
}
