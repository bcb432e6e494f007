import Autodiff
import BufferIR
import Interpreter
import LLVMKit
import OpHarness
import Support
import TensorIR
import Testing

/// Every operation of the table, compiled against interpreted.
@Suite struct OpTests {
  static let tolerance = 4e-6

  static let variants: [(name: String, options: LoweringOptions)] = {
    var plain = LoweringOptions()
    plain.fuseLoops = false
    plain.reuseInPlace = false
    return [("plain", plain), ("fused", LoweringOptions())]
  }()

  @Test(arguments: OpTable.rows) func compiledEqualsInterpreted(_ row: OpRow) throws {
    let function = try row.function()
    let inputs = row.tensors(for: function, seed: 1)
    let expected = try interpret(function, inputs)
    for variant in Self.variants {
      let compiled = try CompiledProgram(function, options: variant.options)
      for threads: Int32 in [1, 2, 3] {
        let run = compiled.run(inputs, threads: threads)
        for (i, result) in function.results.enumerated() {
          let difference = relativeDifference(run.outputs[i], expected[i])
          #expect(difference <= Self.tolerance, "\(row) \(variant.name) \(threads) threads: \(result.name) differs by \(difference)")
        }
      }
    }
  }

  @Test(arguments: OpTable.differentiableRows) func compiledGradientsEqualInterpreted(_ row: OpRow) throws {
    let loss = try row.lossFunction()
    let parameters = row.inputs.indices.filter { row.inputs[$0].isFloat }.map { "x\($0)" }
    let function = try Autodiff.gradients(of: loss, loss: "loss", withRespectTo: parameters)
    let inputs = row.tensors(for: function, seed: 2)
    let expected = try interpret(function, inputs)
    for variant in Self.variants {
      let run = try CompiledProgram(function, options: variant.options).run(inputs)
      for (i, result) in function.results.enumerated() {
        let difference = relativeDifference(run.outputs[i], expected[i])
        #expect(difference <= 1e-5, "\(row) \(variant.name): \(result.name) differs by \(difference)")
      }
    }
  }

  /// The AVX2 form of every kernel, where this machine runs it.
  @Test(arguments: OpTable.rows) func narrowVectorsAgree(_ row: OpRow) throws {
    let function = try row.function()
    let inputs = row.tensors(for: function, seed: 3)
    let expected = try interpret(function, inputs)
    let run = try CompiledProgram(function, target: Target.named("x86-64-v3")).run(inputs)
    for (i, result) in function.results.enumerated() {
      let difference = relativeDifference(run.outputs[i], expected[i])
      #expect(difference <= Self.tolerance, "\(row): \(result.name) differs by \(difference)")
    }
  }

  /// The truth in f64; where bf16 is involved, rounded as the types say.
  private func interpret(_ function: Function, _ inputs: [HostTensor]) throws(Diagnostic) -> [HostTensor] {
    let narrow = (0..<function.valueCount).contains { function.type(of: ValueID($0)).element == .bf16 }
    return try Interpreter.run(function, inputs: inputs, options: .init(roundToType: narrow))
  }
}
