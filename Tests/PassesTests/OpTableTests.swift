import IRText
import Interpreter
import OpHarness
import Passes
import TensorIR
import Testing

/// Every operation in many shapes: its text reads back, and passes keep its results.
struct OpTableTests {
  @Test(arguments: OpTable.rows.filter(\.differentiable))
  func textAndPassesKeepTheRow(_ row: OpRow) throws {
    for function in [try row.function(.f64), try row.lossFunction(.f64)] {
      let text = function.description
      #expect(try Module(parsing: text, file: "row.tir").functions == [function])
      let inputs = zip(function.arguments, row.values(for: function, seed: 7)).map { argument, values in
        switch values {
        case .reals(let list): HostTensor(argument.type, list)
        case .integers(let list): HostTensor(argument.type, list)
        }
      }
      var manager = try PassManager(.level(3), PassManager.Options(verifyEach: true))
      let before = try Interpreter.run(function, inputs: inputs)
      let after = try Interpreter.run(try manager.run(function), inputs: inputs)
      for (a, b) in zip(before, after) { #expect(a.difference(from: b) == nil) }
    }
  }
}
