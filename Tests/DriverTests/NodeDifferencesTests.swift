import Driver
import Interpreter
import TensorIR
import Testing

/// `mrmc diff` finds the node that is wrong, and no other.
@Suite struct NodeDifferencesTests {
  private let input = HostTensor(TensorType(.f32, [2]), [1.5, 0.3])

  /// y = bf16(x·x) + bf16(x·x).
  private func function() throws -> Function {
    var function = Function(name: "main")
    let x = function.addArgument(Argument("x", input.type))
    var b = Builder(function)
    let square = try b.convert(try b.binary(.mul, x, x), to: .bf16)
    let sum = try b.binary(.add, square, square)
    b.function.results = [FunctionResult("y", sum)]
    return b.function
  }

  private func place(_ change: (inout [HostTensor]) -> Void) throws -> String? {
    let nodes = NodeDifferences(try function(), tolerance: 1e-3)
    #expect(nodes.isNarrow)
    var outputs = try Interpreter.run(nodes.exposed, inputs: [input], options: Diff.rounding)
    change(&outputs)
    return try nodes.first([input], outputs)
  }

  @Test func rightNodesAreAccepted() throws {
    #expect(try place { _ in } == nil)
  }

  @Test func aRoundingThatFellOtherwiseIsAccepted() throws {
    // 0.09 lies between 0.08984375 and 0.09033203125; what follows is judged by what it was given.
    let place = try place { outputs in
      outputs[1] = HostTensor(outputs[1].type, [2.25, 0.09033203125])
      outputs[2] = HostTensor(outputs[2].type, [4.5, 0.1806640625])
    }
    #expect(place == nil, "\(place ?? "")")
  }

  @Test func aWrongNodeIsNamed() throws {
    let place = try #require(
      try place { outputs in outputs[2] = HostTensor(outputs[2].type, [4.5, 0.25]) })
    #expect(place.hasPrefix("2:") && place.contains("add"), "\(place)")
  }

  @Test func noiseDoesNotCount() {
    let found = HostTensor(input.type, [1.5, 0.31])
    #expect(Difference(found, input).relative > 6e-3)
    #expect(Difference(found, input, noise: 0.02).relative == 0)
    #expect(Difference(HostTensor(input.type, [1.5, .nan]), input, noise: 0.02).relative == .infinity)
  }
}
