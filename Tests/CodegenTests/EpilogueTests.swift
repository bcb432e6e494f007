import Autodiff
import BufferIR
import Frontend
import Interpreter
import JITHarness
import LLVMKit
import Models
import OpHarness
import Passes
import Support
import TensorIR
import Testing
import TrainingHarness

/// Loops that run inside the product they read: counted, and compared with the interpreter and with the loops apart.
@Suite struct EpilogueTests {
  private static func function(
    _ shapes: [[Int]], seed: Bool = false,
    _ body: (inout Builder, [ValueID]) throws(Diagnostic) -> [FunctionResult]
  ) throws -> Function {
    var function = Function(name: "epilogue")
    for (i, shape) in shapes.enumerated() { function.addArgument(Argument("x\(i)", TensorType(.f32, shape))) }
    if seed { function.addArgument(Argument("seed", TensorType(.i64, []))) }
    var builder = Builder(function)
    builder.provenance = Provenance(layer: "layer")
    builder.function.results = try body(&builder, function.argumentValues)
    return builder.function
  }

  /// Runs it fused and apart, with both kinds of products, on 1 to 3 threads, in place, against the interpreter; gives the
  /// calls and remarks when fused.
  private static func check(_ function: Function) throws -> (calls: Int, remarks: [String]) {
    var apart = LoweringOptions()
    apart.fuseEpilogues = false
    var tiles = LoweringOptions()
    tiles.products = .emitted
    var tilesApart = tiles
    tilesApart.fuseEpilogues = false
    let compiled = try [LoweringOptions(), apart, tiles, tilesApart].map { (options) throws(Diagnostic) in
      try CompiledProgram(function, options: options)
    }
    let emulated = try Target.named(TargetNames.emulated)
    let wide = try [tiles, tilesApart].map { (options) throws(Diagnostic) in
      try CompiledProgram(function, options: options, target: emulated)
    }
    let inputs = RandomGraphTests.inputs(function, seed: 5)
    let expected = try Interpreter.run(function, inputs: inputs)
    for program in compiled + wide {
      for threads in [1, 2, 3] {
        let run = program.run(inputs, threads: Int32(threads), inPlace: true)
        let again = program.run(inputs, threads: Int32(threads), inPlace: true)
        for (i, result) in function.results.enumerated() {
          let difference = relativeDifference(run.outputs[i], expected[i])
          #expect(difference <= 1e-5, "\(result.name), \(threads) threads: off by \(difference)")
          #expect(run.outputs[i] == again.outputs[i], "\(result.name) differs from run to run")
        }
      }
    }
    #expect(!compiled[1].program.remarks.contains { $0.contains("epilogue") })
    // A pack beside each product, and as many loops fused.
    let packs = compiled[2].program.calls.count { $0.label.hasSuffix("pack") }
    #expect(compiled[2].program.calls.count == compiled[0].program.calls.count + packs)
    return (compiled[0].program.calls.count, compiled[0].program.remarks.filter { $0.contains("epilogue") })
  }

  private static func rows(_ b: inout Builder, _ x: ValueID, like y: ValueID) throws(Diagnostic) -> ValueID {
    let shape = b.shape(y)
    return try b.broadcast(x, to: shape, axes: [shape.count - 1])
  }

  @Test(arguments: [[3, 37, 24, 40], [1, 16, 8, 9], [2, 700, 16, 130]])
  func biasAndActivation(_ s: [Int]) throws {
    let function = try Self.function([[s[0], s[1], s[2]], [s[3], s[2]], [s[3]]]) { (b, x) throws(Diagnostic) in
      let flat = try b.reshape(x[0], to: [s[0] * s[1], s[2]])
      let product = try b.reshape(try b.matmul(flat, x[1], transposeB: true), to: [s[0], s[1], s[3]])
      let before = try b.binary(.add, product, try Self.rows(&b, x[2], like: product))
      return [FunctionResult("before", before), FunctionResult("y", try b.unary(.gelu, before))]
    }
    let (calls, remarks) = try Self.check(function)
    #expect(calls == 1)
    #expect(remarks == ["fused epilogue at layer.matmul: layer.add+gelu"])
  }

  @Test func normalisedResidual() throws {
    let function = try Self.function([[61, 24], [24, 40], [61, 40]]) { (b, x) throws(Diagnostic) in
      let h = try b.binary(.add, x[2], try b.matmul(x[0], x[1]))
      let mean = try b.scale(try b.reduce(.sum, h, axes: [1]), by: 1 / 40)
      let centred = try b.binary(.sub, h, try b.broadcast(mean, to: [61, 40], axes: [0]))
      let square = try b.reduce(.sum, try b.binary(.mul, centred, centred), axes: [1])
      let scale = try b.broadcast(try b.unary(.rsqrt, square), to: [61, 40], axes: [0])
      return [FunctionResult("h", h), FunctionResult("y", try b.binary(.mul, centred, scale))]
    }
    #expect(try Self.check(function).calls == 1)
  }

  @Test func dropoutAndResidual() throws {
    let function = try Self.function([[50, 24], [24, 40], [50, 40]], seed: true) { (b, x) throws(Diagnostic) in
      let dropped = try b.add(.dropout(Dropout(rate: 0.25, stream: 2)), [try b.matmul(x[0], x[1]), x[3]])
      return [FunctionResult("y", try b.binary(.add, x[2], dropped))]
    }
    #expect(try Self.check(function).calls == 1)
  }

  /// The adjoint of a norm comes from a product: rows and the sums over them follow it, a part of them on one thread.
  @Test(arguments: [[16, 37, 40], [8, 130, 33]]) func normGradientAndItsSums(_ s: [Int]) throws {
    let function = try Self.function([[s[0] * s[1], 24], [24, s[2]], s, [s[0], s[1]], [s[0], s[1]], [s[2]]]) {
      (b, x) throws(Diagnostic) in
      let adjoint = try b.reshape(try b.matmul(x[0], x[1]), to: s)
      let results = try b.addAll(.layerNormGradient(LayerNormGradient()), [x[2], x[3], x[4], x[5], adjoint])
      return [FunctionResult("dx", results[0]), FunctionResult("dγ", results[1]), FunctionResult("dβ", results[2])]
    }
    #expect(try Self.check(function).calls == 2)
  }

  /// Heads side by side in a row: several loop items make a row of the product.
  @Test func finerRows() throws {
    let function = try Self.function([[30, 24], [24, 48], [30, 3]]) { (b, x) throws(Diagnostic) in
      let heads = try b.reshape(try b.matmul(x[0], x[1]), to: [30, 3, 16])
      return [FunctionResult("y", try b.binary(.mul, heads, try b.broadcast(x[2], to: [30, 3, 16], axes: [0, 1])))]
    }
    #expect(try Self.check(function).calls == 1)
  }

  /// The gradient through an activation, its product read again by a column sum.
  @Test func activationGradient() throws {
    let function = try Self.function([[64, 24], [40, 24], [64, 40]]) { (b, x) throws(Diagnostic) in
      let before = try b.matmul(x[0], x[1], transposeB: true)
      let gradient = try b.binary(.mul, before, try b.unary(.geluDerivative, x[2]))
      return [FunctionResult("dx", gradient), FunctionResult("db", try b.reduce(.sum, gradient, axes: [0]))]
    }
    let (calls, remarks) = try Self.check(function)
    #expect(calls == 2)
    #expect(remarks.first?.hasPrefix("fused epilogue") == true)
  }

  @Test func refusals() throws {
    func remarks(_ shapes: [[Int]], _ body: (inout Builder, [ValueID]) throws(Diagnostic) -> [FunctionResult]) throws
      -> String
    {
      try Self.check(try Self.function(shapes, body)).remarks.joined(separator: "\n")
    }
    let columns = try remarks([[40, 24], [24, 40]]) { (b, x) throws(Diagnostic) in
      [FunctionResult("y", try b.reduce(.max, try b.matmul(x[0], x[1]), axes: [0]))]
    }
    #expect(columns.hasSuffix("it reduces across rows"))
    let transposed = try remarks([[40, 24], [24, 40], [40, 40]]) { (b, x) throws(Diagnostic) in
      let product = try b.matmul(x[0], x[1])
      let sum = try b.binary(.add, try b.transpose(product, [1, 0]), x[2])
      return [FunctionResult("y", sum), FunctionResult("p", product)]
    }
    #expect(transposed.hasSuffix("it reads the product at another place than it computes"))
    let few = try remarks([[2, 24], [24, 40]]) { (b, x) throws(Diagnostic) in
      [FunctionResult("y", try b.unary(.exp, try b.matmul(x[0], x[1])))]
    }
    #expect(few.hasSuffix("too few rows to divide"))
    let between = try remarks([[40, 24], [24, 40], [40, 40]]) { (b, x) throws(Diagnostic) in
      let product = try b.matmul(x[0], x[1])
      return [FunctionResult("y", try b.binary(.add, product, try b.matmul(x[2], product)))]
    }
    #expect(between.contains("it needs a value computed from the product in between"))
    let updated = try remarks([[40, 40], [40, 40]]) { (b, x) throws(Diagnostic) in
      [FunctionResult("y", try b.binary(.sub, x[0], try b.matmul(x[0], x[1])), alias: x[0])]
    }
    #expect(updated.hasSuffix("it updates what the product reads"))
  }

  @Test func everyFirstLayerOfAnMLPTakesItsActivation() throws {
    var module = try ModelRegistry.model(named: "mrm-vit-b16").build(try ModelOptions(batch: 2))
    try TrainingFunctions.add(to: &module)
    var passes = try PassManager(Pipeline.level(2))
    let program = try Program.lower(try passes.run(module.function(named: "train_step")!))
    let fused = program.remarks.filter { $0.hasPrefix("fused epilogue") }
    #expect(fused.count { $0.contains("mlp.fc1.matmul") && $0.hasSuffix("add+gelu") } == 16)
    #expect(fused.count { $0.contains("intermediate.dense.matmul") && $0.hasSuffix("add+gelu") } == 6)
    #expect(fused.count { $0.contains("mlp.fc2.matmul") && $0.contains("gelu_derivative") } == 16)
    #expect(fused.count { $0.contains("attn.qkv.matmul") && $0.hasSuffix("qkv.add") } == 17)
    #expect(fused.count >= 279)
    #expect(!program.calls.contains { $0.label.hasSuffix("mlp.fc1.add+gelu") })
  }
}
