import BufferIR
import Interpreter
import JITHarness
import OpHarness
import Support
import TensorIR
import Testing

/// Rows that an index chooses, read inside the loops that use them.
@Suite struct GatherLoopTests {
  /// Runs it on 1 to 3 threads against the interpreter, with indices of which some lie outside; gives the calls.
  private static func check(
    _ arguments: [TensorType], _ body: (inout Builder, [ValueID]) throws(Diagnostic) -> [ValueID]
  ) throws -> [Call] {
    var function = Function(name: "gather")
    for (i, type) in arguments.enumerated() { function.addArgument(Argument("x\(i)", type)) }
    var builder = Builder(function)
    builder.provenance = Provenance(layer: "layer")
    let results = try body(&builder, function.argumentValues)
    builder.function.results = results.enumerated().map { FunctionResult("y\($0)", $1) }
    let compiled = try CompiledProgram(builder.function)
    var random = RandomSource(seed: 9)
    let inputs = arguments.map { type in
      switch type.element {
      case .i32: HostTensor(type, (0..<type.count).map { Int64($0 * 7 % 13) - 2 })
      case .i64: HostTensor(type, splat: 5)
      default: HostTensor(type, (0..<type.count).map { _ in random.uniform(-1.5, 1.5) })
      }
    }
    let expected = try Interpreter.run(builder.function, inputs: inputs)
    for threads in [1, 2, 3] {
      let run = compiled.run(inputs, threads: Int32(threads))
      for i in results.indices {
        let difference = relativeDifference(run.outputs[i], expected[i])
        #expect(difference <= 1e-5, "result \(i), \(threads) threads: off by \(difference)")
      }
    }
    return compiled.program.calls
  }

  private static func floats(_ shape: [Int]) -> TensorType { TensorType(.f32, shape) }

  /// Words, positions and types, normalised, dropped out, and a vector per record added.
  @Test func embeddingIsOneKernel() throws {
    let calls = try Self.check(
      [
        Self.floats([10, 64]), TensorType(.i32, [3, 7]), Self.floats([7, 64]), Self.floats([64]), Self.floats([64]),
        TensorType(.i64, []), Self.floats([3, 64]),
      ]
    ) { (b, x) throws(Diagnostic) in
      let shape = [3, 7, 64]
      let words = try b.add(.gather(Gather(batchDims: 0)), [x[0], x[1]])
      let sum = try b.binary(.add, words, try b.broadcast(x[2], to: shape, axes: [1, 2]))
      let norm = try b.addAll(.layerNorm(LayerNorm(epsilon: 1e-6)), [sum, x[3], x[4]])
      let dropped = try b.add(.dropout(Dropout(rate: 0.25, stream: 1)), [norm[0], x[5]])
      return [try b.binary(.add, dropped, try b.broadcast(x[6], to: shape, axes: [0, 2])), sum]
    }
    #expect(calls.count == 1)
  }

  /// Visible rows where they belong, mask tokens elsewhere, positions added.
  @Test func unshuffleIsOneKernel() throws {
    let calls = try Self.check(
      [Self.floats([2, 5, 24]), TensorType(.i32, [2, 9]), Self.floats([24]), Self.floats([9, 24])]
    ) { (b, x) throws(Diagnostic) in
      let shape = [2, 9, 24]
      let places = try b.broadcast(x[1], to: shape, axes: [0, 1])
      let visible = try b.compare(.lt, places, try b.splat(5, b.type(places)))
      let rows = try b.add(.gather(Gather(batchDims: 1)), [x[0], x[1]])
      let filled = try b.select(visible, rows, try b.broadcast(x[2], to: shape, axes: [2]))
      return [try b.binary(.add, filled, try b.broadcast(x[3], to: shape, axes: [1, 2]))]
    }
    #expect(calls.count == 1)
  }

  /// Indices from a part of a tensor, rows from a part of another, read by two loops.
  @Test func rowsOfViewsAreReadByEachLoop() throws {
    let calls = try Self.check(
      [Self.floats([2, 12, 40]), TensorType(.i32, [2, 9]), Self.floats([2, 4, 40])]
    ) { (b, x) throws(Diagnostic) in
      let data = try b.add(.slice(Slice(start: [0, 2, 8], limit: [2, 12, 40])), [x[0]])
      let chosen = try b.add(.slice(Slice(start: [0, 3], limit: [2, 7])), [x[1]])
      let part = try b.add(.slice(Slice(start: [0, 0, 0], limit: [2, 4, 32])), [x[2]])
      let rows = try b.add(.gather(Gather(batchDims: 1)), [data, chosen])
      let error = try b.binary(.sub, rows, part)
      return [try b.reduce(.sum, try b.binary(.mul, error, error), axes: [2]), try b.unary(.tanh, rows)]
    }
    #expect(calls.allSatisfy { !$0.label.hasSuffix(".gather") })
  }

  /// What is computed must stand in memory before rows of it can be chosen.
  @Test func rowsOfWhatALoopComputesWaitForIt() throws {
    let calls = try Self.check([Self.floats([2, 6, 32]), TensorType(.i32, [2, 6])]) { (b, x) throws(Diagnostic) in
      let y = try b.unary(.exp, x[0])
      let rows = try b.add(.gather(Gather(batchDims: 1)), [y, x[1]])
      return [try b.binary(.add, y, rows)]
    }
    #expect(calls.count == 2)
  }
}
