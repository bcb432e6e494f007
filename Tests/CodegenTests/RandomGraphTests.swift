import BufferIR
import Interpreter
import JITHarness
import OpHarness
import Support
import TensorIR
import Testing

/// Random graphs of loops: grouped, inlined only, and one kernel per operation, all against the interpreter.
@Suite struct RandomGraphTests {
  static func graphs() throws -> [Function] {
    var functions: [Function] = []
    for seed in 0..<70 {
      // The last ones are large enough for totals to be split, and have a row that is no multiple of a vector.
      let full = seed < 40 ? [3, 5, 24] : seed < 66 ? [2, 4, 37] : [36, 25, 40]
      var function = try RandomGraph.function(
        name: "graph\(seed)", full: full, nodes: 8 + seed % 30, seed: UInt64(seed), updating: seed % 2 == 1)
      // Where an update would come before a reader that needs it, the function itself is at fault.
      if (try? Program.lower(function, options: OpTests.options(fused: false))) == nil {
        for i in function.results.indices { function.results[i].alias = nil }
      }
      functions.append(function)
    }
    return functions
  }

  static func inputs(_ function: Function, seed: UInt64) -> [HostTensor] {
    var random = RandomSource(seed: seed)
    return function.arguments.map { argument in
      argument.type.element == .i64
        ? HostTensor(argument.type, splat: 5)
        : HostTensor(argument.type, (0..<argument.type.count).map { _ in random.uniform(-1.5, 1.5) })
    }
  }

  @Test func groupedEqualsInlinedEqualsPlainEqualsInterpreted() throws {
    let functions = try Self.graphs()
    var inlinedOnly = OpTests.options(fused: true)
    inlinedOnly.groupLoops = false
    let variants = [OpTests.options(fused: true), inlinedOnly, OpTests.options(fused: false)]
    let compiled = try variants.map { try CompiledProgram.compile(functions, options: $0) }
    for (number, function) in functions.enumerated() {
      let inputs = Self.inputs(function, seed: UInt64(number))
      let expected = try Interpreter.run(function, inputs: inputs)
      for (variant, programs) in compiled.enumerated() {
        for threads in variant == 0 ? [1, 2, 3] : [2] {
          let run = programs[number].run(inputs, threads: Int32(threads), inPlace: true)
          for (i, result) in function.results.enumerated() {
            let difference = Self.difference(run.outputs[i], expected[i])
            #expect(
              difference <= 1e-4,
              "\(function.name) \(result.name), variant \(variant), \(threads) threads: off by \(difference)")
          }
        }
      }
    }
    let calls = compiled.map { $0.reduce(0) { $0 + $1.program.calls.count } }
    #expect(calls[0] * 5 < calls[1] * 4, "grouping saves a fifth of the kernels: \(calls)")
  }

  /// Relative to the largest value, or to 1 where all are smaller: differences of nearly equal values have no scale.
  private static func difference(_ found: HostTensor, _ expected: HostTensor) -> Double {
    let scale = max(1, expected.reals.map(abs).max() ?? 0)
    return zip(found.reals, expected.reals).reduce(0) { worst, pair in
      let distance = abs(pair.0 - pair.1)
      return distance.isNaN ? .infinity : max(worst, distance / scale)
    }
  }
}
