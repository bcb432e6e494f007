import Autodiff
import Interpreter
import TensorIR
import Testing

/// Operations and their gradients against PyTorch.
@Suite struct OpSampleTests {
  @Test(arguments: OpSampleCase.all)
  func matchesPyTorch(sample: OpSampleCase) throws {
    let samples = try Samples("op_samples")
    var inputs: [HostTensor] = []
    while samples.has("\(sample.name)/in\(inputs.count)") {
      inputs.append(try samples.tensor("\(sample.name)/in\(inputs.count)"))
    }
    let differentiable = samples.has("\(sample.name)/cotangent")
    var function = Function(name: sample.name)
    for (i, input) in inputs.enumerated() { function.addArgument(Argument("in\(i)", input.type)) }
    if differentiable {
      inputs.append(try samples.tensor("\(sample.name)/cotangent"))
      function.addArgument(Argument("cotangent", inputs.last!.type))
    }
    var b = Builder(function)
    let operands = differentiable ? function.argumentValues.dropLast() : function.argumentValues
    let out = try sample.body(&b, operands)
    b.function.results = [FunctionResult("out0", out)]
    let floats = operands.indices.filter { inputs[$0].type.element.isFloat }.map { "in\($0)" }
    if differentiable {
      let product = try b.binary(.mul, out, function.argument(named: "cotangent")!)
      let loss = try b.reduce(.sum, product, axes: Array(0..<b.shape(product).count))
      b.function.results.append(FunctionResult("loss", loss))
      b.function = try Autodiff.gradients(of: b.function, loss: "loss", withRespectTo: floats)
    }
    let options = Interpreter.Options(roundToType: sample.name == "bf16")
    let results = try Interpreter.run(b.function, inputs: inputs, options: options)
    for (result, tensor) in zip(b.function.results, results) where result.name != "loss" {
      let expected = try samples.tensor("\(sample.name)/\(result.name.replacingPrefix("grad.in", with: "grad"))")
      #expect(tensor.type.shape == expected.type.shape)
      let error = zip(tensor.reals, expected.reals).map { abs($0 - $1) }.max()!
      #expect(error <= 1e-12 * max(1, expected.reals.map(abs).max()!), "\(result.name): error \(error)")
    }
  }

  @Test func everySampleHasItsCase() throws {
    let sampled = Set(try Samples("op_samples").names.map { String($0.prefix { $0 != "/" }) })
    #expect(sampled == Set(OpSampleCase.all.map(\.name)))
  }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with new: String) -> String {
    hasPrefix(prefix) ? new + dropFirst(prefix.count) : self
  }
}
