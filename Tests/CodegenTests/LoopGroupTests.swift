import Autodiff
import BufferIR
import Interpreter
import JITHarness
import Models
import OpHarness
import Passes
import Support
import TensorIR
import Testing
import TrainingHarness

/// What becomes one kernel: counted, so that no fusion stops firing silently.
@Suite struct LoopGroupTests {
  /// A function of named f32 arguments.
  private static func function(
    _ shapes: [[Int]], _ body: (inout Builder, [ValueID]) throws(Diagnostic) -> [FunctionResult]
  ) throws -> Function {
    var function = Function(name: "group")
    for (i, shape) in shapes.enumerated() { function.addArgument(Argument("x\(i)", TensorType(.f32, shape))) }
    var builder = Builder(function)
    builder.provenance = Provenance(layer: "group")
    builder.function.results = try body(&builder, function.argumentValues)
    return builder.function
  }

  /// Runs it on 1 to 3 threads, in place, against the interpreter; gives the number of kernels it calls.
  private static func check(_ function: Function) throws -> Int {
    let compiled = try CompiledProgram(function)
    let inputs = RandomGraphTests.inputs(function, seed: 3)
    let expected = try Interpreter.run(function, inputs: inputs)
    for threads in [1, 2, 3] {
      let run = compiled.run(inputs, threads: Int32(threads), inPlace: true)
      for (i, result) in function.results.enumerated() {
        let difference = relativeDifference(run.outputs[i], expected[i])
        #expect(difference <= 1e-5, "\(result.name), \(threads) threads: off by \(difference)")
      }
    }
    return compiled.program.calls.count
  }

  private static func layerNorm(_ b: inout Builder, _ x: ValueID, _ scale: ValueID) throws(Diagnostic) -> ValueID {
    let shape = b.shape(x)
    let (rows, width) = (Array(shape.dropLast()), shape.last!)
    func mean(_ value: ValueID) throws(Diagnostic) -> ValueID {
      try b.scale(try b.reduce(.sum, value, axes: [rows.count]), by: 1 / Double(width))
    }
    func wide(_ value: ValueID) throws(Diagnostic) -> ValueID {
      try b.broadcast(value, to: shape, axes: Array(rows.indices))
    }
    let centred = try b.binary(.sub, x, try wide(try mean(x)))
    let variance = try mean(try b.binary(.mul, centred, centred))
    let deviation = try b.unary(.rsqrt, try b.binary(.add, variance, try b.splat(1e-5, TensorType(.f32, rows))))
    let normal = try b.binary(.mul, centred, try wide(deviation))
    return try b.binary(.mul, normal, try b.broadcast(scale, to: shape, axes: [rows.count]))
  }

  @Test func layerNormIsOneKernel() throws {
    let function = try Self.function([[3, 7, 40], [3, 7, 40], [40]]) { (b, x) throws(Diagnostic) in
      let sum = try b.binary(.add, x[0], x[1])
      return [FunctionResult("sum", sum), FunctionResult("y", try Self.layerNorm(&b, sum, x[2]))]
    }
    #expect(try Self.check(function) == 1)
  }

  @Test func layerNormGradientIsOneSweepOfRowsAndOneOfColumns() throws {
    var forward = try Self.function([[6, 5, 40], [40], [6, 5, 40]]) { (b, x) throws(Diagnostic) in
      let y = try Self.layerNorm(&b, x[0], x[1])
      return [FunctionResult("loss", try b.reduce(.sum, try b.binary(.mul, y, x[2]), axes: [0, 1, 2]))]
    }
    forward.name = "norm"
    var passes = try PassManager(Pipeline.level(2))
    let gradient = try passes.run(try Autodiff.gradients(of: forward, loss: "loss", withRespectTo: ["x0", "x1"]))
    // The rows forward with the loss, the loss's last sum, the rows backward, the columns.
    #expect(try Self.check(gradient) <= 4)
  }

  /// dx and the sums of dγ and dβ in one sweep over the rows, then one addition of the parts of both.
  @Test(arguments: [[16, 5, 40], [2, 30, 33], [64, 100], [9, 3, 4, 768]])
  func fusedLayerNormGradientReadsItsRowsOnce(shape: [Int]) throws {
    let (rows, affine) = (Array(shape.dropLast()), [shape.last!])
    let function = try Self.function([shape, rows, rows, affine, shape, shape]) { (b, x) throws(Diagnostic) in
      let adjoint = try b.binary(.mul, x[4], x[5])
      let results = try b.addAll(.layerNormGradient(LayerNormGradient()), [x[0], x[1], x[2], x[3], adjoint])
      let sum = try b.binary(.add, results[0], x[4])
      return [FunctionResult("dx", sum), FunctionResult("dγ", results[1]), FunctionResult("dβ", results[2])]
    }
    #expect(try Self.check(function) == 2)
    let program = try Program.lower(function)
    #expect(!program.remarks.contains { $0.contains("layer_norm_gradient is") })
    let reads = program.calls.flatMap(\.operands).filter {
      $0.isRead && program.buffers[$0.buffer.index].storage == .input(0)
    }
    #expect(reads.count == 1)
  }

  /// Sums over rows take each part in one order, whatever the number of threads: the same bits.
  @Test func accumulatedSumsDoNotDependOnTheNumberOfThreads() throws {
    let function = try Self.function([[16, 37, 65], [16, 37], [16, 37], [65], [16, 37, 65]]) {
      (b, x) throws(Diagnostic) in
      let results = try b.addAll(.layerNormGradient(LayerNormGradient()), x)
      return [FunctionResult("dγ", results[1]), FunctionResult("dβ", results[2])]
    }
    let compiled = try CompiledProgram(function)
    let inputs = RandomGraphTests.inputs(function, seed: 5)
    let alone = compiled.run(inputs, threads: 1).outputs
    #expect(alone.allSatisfy { $0.reals.contains { $0 != 0 } })
    for threads in [2, 3] {
      let outputs = compiled.run(inputs, threads: Int32(threads)).outputs
      for (a, b) in zip(alone, outputs) { #expect(a.reals == b.reals, "\(threads) threads") }
    }
  }

  /// What makes rows and what sums them over rows are one loop.
  @Test func elementwiseValuesAndTheirColumnSumsAreOneKernel() throws {
    let function = try Self.function([[12, 30, 65], [12, 30, 65]]) { (b, x) throws(Diagnostic) in
      let y = try b.binary(.mul, try b.unary(.tanh, x[0]), x[1])
      return [FunctionResult("y", y), FunctionResult("sums", try b.reduce(.sum, y, axes: [1]))]
    }
    #expect(try Self.check(function) == 1)
  }

  @Test func softmaxGradientIsOneKernel() throws {
    let function = try Self.function([[4, 6, 19], [4, 6, 19]]) { (b, x) throws(Diagnostic) in
      let p = try b.add(.softmax(Softmax()), [x[0]])
      let inner = try b.reduce(.sum, try b.binary(.mul, p, x[1]), axes: [2])
      let difference = try b.binary(.sub, x[1], try b.broadcast(inner, to: b.shape(p), axes: [0, 1]))
      return [FunctionResult("p", p), FunctionResult("dx", try b.binary(.mul, p, difference))]
    }
    #expect(try Self.check(function) == 1)
  }

  /// Parameter, two moments and the gradient's sum of squares: the gradient is read once.
  @Test func optimizerIsOneSweep() throws {
    let shape = [50, 720]
    let function = try Self.function([shape, shape, shape, shape]) { (b, x) throws(Diagnostic) in
      let square = try b.binary(.mul, x[1], x[1])
      let m = try b.binary(.add, try b.scale(x[2], by: 0.9), try b.scale(x[1], by: 0.1))
      let v = try b.binary(.add, try b.scale(try b.unary(.abs, x[3]), by: 0.99), try b.scale(square, by: 0.01))
      let root = try b.binary(.add, try b.unary(.sqrt, v), try b.splat(1e-8, TensorType(.f32, shape)))
      let p = try b.binary(.sub, x[0], try b.scale(try b.binary(.div, m, root), by: 1e-3))
      return [
        FunctionResult("norm", try b.reduce(.sum, square, axes: [0, 1])), FunctionResult("p", p, alias: x[0]),
        FunctionResult("m", m, alias: x[2]), FunctionResult("v", v, alias: x[3]),
      ]
    }
    #expect(try Self.check(function) == 2)
    let program = try Program.lower(function)
    #expect(program.calls[0].operands.count { $0.isWritten } == 4)
    #expect(program.remarks.contains { $0.hasPrefix("fused") && $0.contains("group") })
  }

  /// A row that is swept again must not have been overwritten: the update gets memory of its own until then.
  @Test func updateWaitsForTheLastSweep() throws {
    let function = try Self.function([[9, 33]]) { (b, x) throws(Diagnostic) in
      let first = try b.scale(x[0], by: 3)
      let sum = try b.broadcast(try b.reduce(.sum, x[0], axes: [1]), to: [9, 33], axes: [0])
      let second = try b.binary(.sub, x[0], sum)
      return [FunctionResult("first", first, alias: x[0]), FunctionResult("second", second)]
    }
    _ = try Self.check(function)
  }

  /// The same for a temporary that dies in the loop: none of its outputs but the last may take its memory.
  @Test func deadRowsAreReadBeforeTheyAreReused() throws {
    let function = try Self.function([[24, 24], [24, 24]]) { (b, x) throws(Diagnostic) in
      let t = try b.matmul(x[0], x[1])
      let first = try b.scale(t, by: 3)
      let sum = try b.broadcast(try b.reduce(.sum, t, axes: [1]), to: [24, 24], axes: [0])
      return [FunctionResult("y", try b.matmul(first, try b.binary(.sub, t, sum)))]
    }
    #expect(try Self.check(function) == 2)
  }

  /// What needs a value computed between two loops does not join the first.
  @Test func productsSeparateLoops() throws {
    let function = try Self.function([[8, 8], [8, 8]]) { (b, x) throws(Diagnostic) in
      let a = try b.unary(.tanh, x[0])
      let product = try b.matmul(a, x[1])
      return [FunctionResult("y", try b.binary(.add, a, product))]
    }
    #expect(try Self.check(function) == 3)
    #expect(try Program.lower(function).remarks.contains { $0.contains(LoopGroupTests.between) })
  }

  private static let between = "needs a value computed between"

  @Test func trainingStepsHaveFewKernels() throws {
    for (name, batch, limit, memory) in [("mrm-nano", 2, 249, 1 << 20), ("mrm-vit-b16", 16, 910, 1620 << 20)] {
      var module = try ModelRegistry.model(named: name).build(try ModelOptions(batch: batch))
      try TrainingFunctions.add(to: &module)
      var passes = try PassManager(Pipeline.level(2))
      let function = try passes.run(module.function(named: "train_step")!)
      let program = try Program.lower(function)
      #expect(program.calls.count <= limit, "\(name): \(program.calls.count) kernel calls")
      #expect(program.plan.arenaBytes <= memory, "\(name): \(program.plan.arenaBytes) bytes")
      // One call writes each parameter with both moments.
      let outputs = program.outputs.map(\.name)
      for parameter in function.arguments where outputs.contains("exp_avg." + parameter.name) {
        let numbers = [parameter.name, "exp_avg." + parameter.name, "exp_avg_sq." + parameter.name].map {
          outputs.firstIndex(of: $0)!
        }
        let writers = numbers.map { number in
          program.calls.firstIndex { call in
            call.operands.contains { $0.isWritten && program.buffers[$0.buffer.index].storage == .output(number) }
          }
        }
        #expect(writers[0] == writers[1] && writers[1] == writers[2], "\(parameter.name) is updated in several sweeps")
      }
    }
  }
}
