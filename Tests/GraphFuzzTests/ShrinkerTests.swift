import GraphFuzz
import Interpreter
import Support
import TensorIR
import Testing

/// What the checks are worth: wrong results are noticed, and failing functions become small.
@Suite struct ShrinkerTests {
  @Test func aFunctionShrinksToWhatFails() throws {
    var found = 0
    for seed in UInt64(0)..<60 {
      let function = try GraphGenerator.function(seed: seed)
      func fails(_ function: Function) -> Bool {
        let definitions = function.definitions()
        return function.nodes.contains { node in
          guard case .reduce = node.op, let made = definitions[node.operands[0].index] else { return false }
          if case .binary = function.nodes[made].op { return true }
          return false
        }
      }
      guard fails(function), function.nodes.count > 20 else { continue }
      found += 1
      let small = Shrinker.shrink(function, while: fails)
      try Verifier.verify(small)
      #expect(fails(small))
      #expect(small.nodes.count == 2, "\(small)")
      #expect((0..<small.valueCount).allSatisfy { small.type(of: ValueID($0)).count <= 3 }, "\(small)")
    }
    #expect(found > 5)
  }

  /// A pass that is wrong is found, whatever it breaks.
  @Test(arguments: [1.001, .nan]) func aSlightlyWrongResultIsNoticed(factor: Double) throws {
    var noticed = 0
    for seed in UInt64(0)..<40 {
      let function = try GraphGenerator.function(seed: seed)
      let inputs = GraphInputs.values(for: function, seed: seed)
      let right = try Interpreter.run(function, inputs: inputs, options: .init(roundToType: true))
      let truth = try GraphTruth(function, inputs)
      #expect(try truth.fault(of: right) == nil)
      var wrong = right
      wrong[0] = HostTensor(right[0].type, [right[0].scalar * factor])
      if try truth.fault(of: wrong) != nil { noticed += 1 }
    }
    #expect(noticed >= 38)
  }
}
