import Autodiff
import IRText
import Interpreter
import Passes
import TensorIR
import Testing

/// Layer norm and its adjoints, as differentiation leaves them, become one operation each with the same results.
struct LayerNormFusionTests {
  /// The norm of a sum that is also read by what follows, as in a transformer block.
  private static let text = """
    func @loss(%x: f64[2,3,4], %r: f64[2,3,4], %scale: f64[4], %shift: f64[4], %w: f64[4,4]) -> (loss: f64[]) {
      %quarter = constant {value = 0.25} : f64[2,3]
      %epsilon = constant {value = 1e-06} : f64[2,3]
      %s = add %x, %r : f64[2,3,4]
      %0 = reduce %s {with = sum, axes = [2]} : f64[2,3]
      %1 = mul %0, %quarter : f64[2,3]
      %2 = broadcast %1 {axes = [0, 1]} : f64[2,3,4]
      %3 = sub %s, %2 : f64[2,3,4]
      %4 = mul %3, %3 : f64[2,3,4]
      %5 = reduce %4 {with = sum, axes = [2]} : f64[2,3]
      %6 = mul %5, %quarter : f64[2,3]
      %7 = add %6, %epsilon : f64[2,3]
      %8 = rsqrt %7 : f64[2,3]
      %9 = broadcast %8 {axes = [0, 1]} : f64[2,3,4]
      %10 = mul %3, %9 : f64[2,3,4]
      %11 = broadcast %scale {axes = [2]} : f64[2,3,4]
      %12 = mul %10, %11 : f64[2,3,4]
      %13 = broadcast %shift {axes = [2]} : f64[2,3,4]
      %14 = add %12, %13 : f64[2,3,4]
      %15 = reshape %14 : f64[6,4]
      %16 = matmul %15, %w : f64[6,4]
      %17 = tanh %16 : f64[6,4]
      %18 = reshape %17 : f64[2,3,4]
      %19 = add %18, %s : f64[2,3,4]
      %20 = mul %19, %19 : f64[2,3,4]
      %21 = reduce %20 {with = sum, axes = [0, 1, 2]} : f64[]
      return %21
    }

    """

  private func gradients(_ text: String, _ parameters: [String]) throws -> Function {
    let function = try #require(try Module(parsing: text, file: "norm.tir").functions.first)
    return try Autodiff.gradients(of: function, loss: "loss", withRespectTo: parameters)
  }

  private func fused(_ function: Function) throws -> (Function, PassManager) {
    var manager = try PassManager(.level(2), PassManager.Options(verifyEach: true, remarks: true))
    return (try manager.run(function), manager)
  }

  private func count(_ mnemonic: String, _ function: Function) -> Int {
    function.nodes.count { $0.op.mnemonic == mnemonic }
  }

  @Test func forwardAndBackwardBecomeOneOperationEach() throws {
    let function = try gradients(Self.text, ["x", "r", "scale", "shift", "w"])
    let (result, manager) = try fused(function)
    #expect(manager.context.count("fuse-layer-norm") == 1)
    #expect(count("layer_norm", result) == 1 && count("layer_norm_gradient", result) == 1)
    #expect(count("rsqrt", result) == 0)
    let inputs = function.arguments.enumerated().map { HostTensor.sample($1.type, salt: $0) }
    let before = try Interpreter.run(function, inputs: inputs)
    let after = try Interpreter.run(result, inputs: inputs)
    for (a, b) in zip(before, after) { #expect(a.difference(from: b) == nil) }
  }

  @Test func gradientsOfTheFusedNormAreCentralDifferences() throws {
    let parameters = ["x", "r", "scale", "shift"]
    let (function, _) = try fused(try gradients(Self.text, parameters))
    #expect(count("layer_norm_gradient", function) == 1)
    let inputs = function.arguments.enumerated().map { HostTensor.sample($1.type, salt: $0) }
    let results = try Interpreter.run(function, inputs: inputs)
    let step = 1e-5
    for (place, computed) in results.dropFirst().enumerated() {
      let largest = computed.reals.map(abs).max()!
      #expect(largest > 1e-3)
      for index in computed.reals.indices {
        func loss(_ shift: Double) throws -> Double {
          var moved = inputs
          var elements = inputs[place].reals
          elements[index] += shift
          moved[place] = HostTensor(inputs[place].type, elements)
          return try Interpreter.run(function, inputs: moved)[0].scalar
        }
        let expected = try (loss(step) - loss(-step)) / (2 * step)
        #expect(abs(computed.reals[index] - expected) <= 1e-6 * largest, "\(parameters[place])[\(index)]")
      }
    }
  }

  /// A frozen scale and shift: their adjoints are not asked for.
  @Test func gradientsOfRowsAlone() throws {
    let function = try gradients(Self.text, ["x"])
    let (result, _) = try fused(function)
    #expect(count("layer_norm_gradient", result) == 1)
    let inputs = function.arguments.enumerated().map { HostTensor.sample($1.type, salt: $0) }
    let before = try Interpreter.run(function, inputs: inputs)
    let after = try Interpreter.run(result, inputs: inputs)
    for (a, b) in zip(before, after) { #expect(a.difference(from: b) == nil) }
  }

  @Test(arguments: [
    ("%6 = mul %5, %quarter", "%6 = mul %5, %epsilon", "the variance is not a mean of squares along rows"),
    ("%4 = mul %3, %3", "%4 = mul %3, %s", "the variance is not a mean of squares along rows"),
    ("%3 = sub %s, %2", "%3 = sub %r, %2", "what is squared is not centred by its mean"),
    ("%13 = broadcast %shift {axes = [2]}", "%13 = mul %x, %x", "scales and shifts follow"),
    ("%19 = add %18, %s", "%19 = add %18, %3", "its rows are also read by"),
  ])
  func otherEquationsStay(_ from: String, _ to: String, _ reason: String) throws {
    let text = Self.text.replacing(from + " ", with: to + " ")
    #expect(text != Self.text)
    let function = try #require(try Module(parsing: text, file: "norm.tir").functions.first)
    let (result, manager) = try fused(function)
    #expect(count("layer_norm", result) == 0)
    #expect(manager.context.remarks.contains { !$0.fired && $0.message.contains(reason) })
  }

  @Test func rowsThatAreAResultStay() throws {
    let text = Self.text.replacing("-> (loss: f64[])", with: "-> (loss: f64[], normal: f64[2,3,4])")
      .replacing("return %21", with: "return %21, %10")
    let function = try #require(try Module(parsing: text, file: "norm.tir").functions.first)
    let (result, manager) = try fused(function)
    #expect(count("layer_norm", result) == 0)
    #expect(manager.context.remarks.contains { !$0.fired && $0.message.hasSuffix("is a result") })
  }
}
