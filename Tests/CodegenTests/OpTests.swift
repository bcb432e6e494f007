import Autodiff
import BufferIR
import Interpreter
import JITHarness
import LLVMKit
import OpHarness
import Support
import TensorIR
import Testing

/// Every operation of the table, compiled against interpreted: all rows of a variant in one compilation.
@Suite struct OpTests {
  static let tolerance = 4e-6

  static func options(fused: Bool) -> LoweringOptions {
    var options = LoweringOptions()
    options.fuseLoops = fused
    options.reuseInPlace = fused
    return options
  }

  @Test(arguments: [false, true]) func compiledEqualsInterpreted(fused: Bool) throws {
    try check(OpTable.rows, threads: [1, 2, 3], Self.options(fused: fused), .host(), Self.tolerance) {
      row throws(Diagnostic) in
      try row.function()
    }
  }

  @Test(arguments: [false, true]) func compiledGradientsEqualInterpreted(fused: Bool) throws {
    try check(OpTable.differentiableRows, threads: [2], Self.options(fused: fused), .host(), 1e-5) {
      row throws(Diagnostic) in
      let parameters = row.inputs.indices.filter { row.inputs[$0].isFloat }.map { "x\($0)" }
      return try Autodiff.gradients(of: try row.lossFunction(), loss: "loss", withRespectTo: parameters)
    }
  }

  /// f64 has no tiles and no attention of its own: what is made of simpler operations there is right too.
  @Test(arguments: [false, true]) func doublesAgree(fused: Bool) throws {
    let rows = try OpTable.rows.filter { row in
      let function = try row.function(.f64)
      return !(0..<function.valueCount).contains { function.type(of: ValueID($0)).element == .bf16 }
    }
    try check(rows, threads: [2], Self.options(fused: fused), .host(), 1e-11) { row throws(Diagnostic) in
      try row.function(.f64)
    }
  }

  /// The other forms of every kernel, those of narrow vectors and of AVX-512.
  @Test(arguments: TargetNames.all.dropLast()) func otherVectorsAgree(cpu: String) throws {
    let target = try Target.named(cpu)
    try check(OpTable.rows, threads: [2], Self.options(fused: true), target, Self.tolerance) { row throws(Diagnostic) in
      try row.function()
    }
  }

  private func check(
    _ rows: [OpRow], threads: [Int32], _ options: LoweringOptions, _ target: Target, _ tolerance: Double,
    _ build: (OpRow) throws(Diagnostic) -> Function
  ) throws {
    var functions: [Function] = []
    for (i, row) in rows.enumerated() {
      var function = try build(row)
      function.name = "row\(i)"
      functions.append(function)
    }
    let compiled = try CompiledProgram.compile(functions, options: options, target: target)
    for (i, row) in rows.enumerated() {
      let inputs = row.tensors(for: functions[i], seed: 1)
      let expected = try interpret(functions[i], inputs)
      for count in threads {
        let run = compiled[i].run(inputs, threads: count)
        // A loss is a sum of terms of both signs, with no scale of its own.
        for (k, result) in functions[i].results.enumerated() where result.name != "loss" {
          let difference = relativeDifference(run.outputs[k], expected[k])
          #expect(difference <= tolerance, "\(row), \(count) threads: \(result.name) differs by \(difference)")
        }
      }
    }
  }

  /// The truth in f64; where bf16 is involved, rounded as the types say.
  private func interpret(_ function: Function, _ inputs: [HostTensor]) throws(Diagnostic) -> [HostTensor] {
    let narrow = (0..<function.valueCount).contains { function.type(of: ValueID($0)).element == .bf16 }
    return try Interpreter.run(function, inputs: inputs, options: .init(roundToType: narrow))
  }
}
