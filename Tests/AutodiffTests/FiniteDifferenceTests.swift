import Autodiff
import Interpreter
import OpHarness
import TensorIR
import Testing

@Suite struct FiniteDifferenceTests {
  /// Every gradient of every row against central differences in f64, to 1e-5 of the gradient's largest value.
  @Test(arguments: OpTable.differentiableRows)
  func gradientMatchesCentralDifferences(row: OpRow) throws {
    let loss = try row.lossFunction()
    let floats = row.inputs.indices.filter { row.inputs[$0].isFloat }
    let gradient = try Autodiff.gradients(of: loss, loss: "loss", withRespectTo: floats.map { "x\($0)" })
    try Verifier.verify(gradient)
    let inputs = row.tensors(for: loss, seed: 11)
    let results = try Interpreter.run(gradient, inputs: inputs)
    #expect(results.count == 1 + floats.count)
    var largest = 0.0
    for (place, input) in floats.enumerated() {
      let computed = results[1 + place].reals
      let expected = try centralDifferences(loss, inputs, input)
      let scale = expected.map(abs).max()!
      largest = max(largest, scale)
      let error = zip(computed, expected).map { abs($0 - $1) }.max()!
      #expect(error <= 1e-5 * scale, "x\(input): error \(error) of largest \(scale)")
    }
    #expect(largest > 0, "every gradient is zero: the row tests nothing")
  }

  private func centralDifferences(_ loss: Function, _ inputs: [HostTensor], _ input: Int) throws -> [Double] {
    let step = 1e-5
    return try inputs[input].reals.indices.map { index in
      func value(_ shift: Double) throws -> Double {
        var moved = inputs
        var elements = inputs[input].reals
        elements[index] += shift
        moved[input] = HostTensor(inputs[input].type, elements)
        return try Interpreter.run(loss, inputs: moved)[0].scalar
      }
      return try (value(step) - value(-step)) / (2 * step)
    }
  }

  /// Each operation with a derivative has at least one differentiable row, each of the others at least one plain row.
  @Test func tableCoversEveryOperation() throws {
    var covered: Set<String> = []
    for row in OpTable.rows {
      let function = try row.function()
      try Verifier.verify(function)
      for node in function.nodes { covered.insert(node.op.mnemonic) }
    }
    #expect(Op.mnemonics.filter { !covered.contains($0) } == [])
    #expect(Set(OpTable.rows.map(\.name)).count == OpTable.rows.count)
  }
}
