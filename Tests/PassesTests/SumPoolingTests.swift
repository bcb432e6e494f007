import IRText
import Interpreter
import Passes
import TensorIR
import Testing

/// The norm of many gradients: their squares are added row by row, then once.
struct SumPoolingTests {
  private static let text = """
    func @norm(%a: f64[4,5], %b: f64[3], %c: f64[2,3,4], %d: f64[1,1,6], %e: f64[], %f: f64[7]) -> (y: f64[], z: f64[]) {
      %0 = mul %a, %a : f64[4,5]
      %1 = reduce %0 {with = sum, axes = [0, 1]} : f64[]
      %2 = reduce %b {with = sum, axes = [0]} : f64[]
      %3 = add %1, %2 : f64[]
      %4 = reduce %c {with = sum, axes = [0, 1, 2]} : f64[]
      %5 = add %3, %4 : f64[]
      %6 = add %5, %e : f64[]
      %7 = reduce %d {with = sum, axes = [0, 1, 2]} : f64[]
      %8 = add %7, %6 : f64[]
      %9 = reduce %f {with = sum, axes = [0]} : f64[]
      %10 = add %8, %9 : f64[]
      %11 = tanh %10 : f64[]
      return %11, %9
    }

    """

  private func pooled(_ text: String) throws -> (Function, Function) {
    let function = try #require(try Module(parsing: text, file: "norm.tir").functions.first)
    var manager = try PassManager(Pipeline(parsing: "pool-sums"), PassManager.Options(verifyEach: true))
    return (function, try manager.run(function))
  }

  @Test func totalsBecomeOneSum() throws {
    let (function, result) = try pooled(Self.text)
    let names = result.nodes.map(\.op.mnemonic)
    #expect(names.count { $0 == "concat" } == 1)
    // The scalar argument and the total that is a result of its own are added as before.
    #expect(names.count { $0 == "add" } == 2)
    let joined = try #require(result.nodes.first { $0.op.mnemonic == "concat" })
    #expect(result.type(of: joined.result).shape == [4 + 3 + 2 + 1])
    let inputs = function.arguments.enumerated().map { HostTensor.sample($1.type, salt: $0) }
    let before = try Interpreter.run(function, inputs: inputs)
    let after = try Interpreter.run(result, inputs: inputs)
    for (a, b) in zip(before, after) { #expect(a.difference(from: b) == nil) }
  }

  @Test func fewTotalsStay() throws {
    let (function, result) = try pooled(Self.text.replacing("%5 = add %3, %4", with: "%5 = add %3, %3"))
    #expect(result == function)
  }
}
