import Driver
import Interpreter
import Passes
import TensorIR
import Testing

/// Activations and normalised rows are made again in the backward, with the same gradients.
@Suite struct RematerialiseTests {
  private func gradients(without disabled: [String] = []) throws -> Function {
    var options = BuildOptions(model: "mrm-nano")
    options.batch = 4
    options.verifyEach = true
    options.disabledPasses = disabled
    let compilation = try Compilation(options)
    return try compilation.optimized(try compilation.differentiated(["loss_and_grads"])).functions[0]
  }

  @Test func gradientsAreTheSame() throws {
    let plain = try gradients(without: ["rematerialise"])
    let again = try gradients()
    #expect(again.nodes.count > plain.nodes.count)
    let inputs = RandomInputs.values(plain)
    #expect(try Interpreter.run(again, inputs: inputs) == Interpreter.run(plain, inputs: inputs))
  }

  /// A second run finds nothing more: the backward reads no activation and no normalised rows of the forward.
  @Test func nothingCheapIsKept() throws {
    let plain = RecomputePlan(cheap: try gradients(without: ["rematerialise"]))
    let kinds = Set(plain.choices.map { plain.function.nodes[$0.node].op.mnemonic })
    #expect(kinds.isSuperset(of: ["gelu", "layer_norm"]) && !kinds.contains("matmul"))
    #expect(plain.choices.allSatisfy { $0.productFLOPs == 0 })
    #expect(RecomputePlan(cheap: try gradients()).choices.isEmpty)
  }

  /// What is compared for equality stays: made again in another loop its last bit could differ.
  @Test func whatIsComparedIsKept() throws {
    var function = Function(name: "step")
    let x = function.addArgument(Argument("x", TensorType(.f32, [64, 64])))
    var builder = Builder(function)
    let y = try builder.binary(.add, try builder.binary(.mul, x, x), x)
    let largest = try builder.reduce(.max, y, axes: [1])
    let loss = try builder.reduce(.sum, largest, axes: [0])
    let isLargest = try builder.compare(.eq, y, try builder.broadcast(largest, to: [64, 64], axes: [0]))
    let gradient = try builder.convert(isLargest, to: .f32)
    builder.function.results = [FunctionResult("loss", loss), FunctionResult("grad.x", gradient)]
    #expect(RecomputePlan(cheap: builder.function, smallest: 1).choices.isEmpty)
  }
}
