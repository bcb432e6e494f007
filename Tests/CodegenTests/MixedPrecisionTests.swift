import Autodiff
import Frontend
import Interpreter
import JITHarness
import Models
import Passes
import TensorIR
import Testing
import TrainingHarness

/// Training in bf16: which products it narrows, and how far its gradients lie from those of f32.
@Suite struct MixedPrecisionTests {
  static func loss(narrow: Bool) throws -> Function {
    let module = try ModelRegistry.model(named: "mrm-nano").build(
      try ModelOptions(batch: 2, settings: [("dropout", "0")]))
    let loss = module.function(named: "loss")!
    if !narrow { return loss }
    var passes = try PassManager(Pipeline([.init(.mixedPrecision)]), .init(verifyEach: true))
    return try passes.run(loss)
  }

  static func gradients(narrow: Bool) throws -> Function {
    var passes = try PassManager(Pipeline.level(2), .init(verifyEach: true))
    var module = Module(name: "narrow")
    module.set(try loss(narrow: narrow))
    return try passes.run(try TrainingFunctions(of: module).lossAndGradients())
  }

  /// Linear layers: patch embedding, 4 per block, the decoder's embedding and head, the report's, and its two heads.
  @Test func everyProductWithAParameterIsNarrowed() throws {
    let plain = try Self.loss(narrow: false)
    let narrow = try Self.loss(narrow: true)
    func products(_ function: Function, _ isCounted: (Matmul, TensorType) -> Bool) -> Int {
      function.nodes.count { node in
        if case .matmul(let op) = node.op { return isCounted(op, function.type(of: node.operands[0])) }
        return false
      }
    }
    let wide = products(narrow) { op, type in op.wide && type.element == .bf16 }
    let activations = products(narrow) { _, type in type.element == .f32 }
    #expect(wide > 20 && wide + activations == products(plain) { _, _ in true })
    // Scores, and probabilities times values, of each attention.
    #expect(activations == 2 * plain.nodes.count { $0.op == .softmax(Softmax()) })
    for node in narrow.nodes {
      switch node.op {
      case .softmax, .logSumExp, .reduce: #expect(narrow.type(of: node.operands[0]).element != .bf16)
      default: break
      }
    }
  }

  @Test func gradientsOfParametersAreNeverRounded() throws {
    let function = try Self.gradients(narrow: true)
    let definitions = function.definitions()
    for result in function.results where result.name.hasPrefix("grad.") {
      #expect(function.type(of: result.value).element == .f32)
      let node = function.nodes[definitions[result.value.index]!]
      if case .convert = node.op { Issue.record("\(result.name) is rounded on its way") }
      if result.name.hasSuffix("fc1.weight") {
        guard case .matmul(let op) = node.op else {
          Issue.record("\(result.name) is made by \(node.op.mnemonic)")
          continue
        }
        #expect(op.wide)
      }
    }
  }

  @Test func gradientsAreNearThoseOfF32() throws {
    let function = try Self.gradients(narrow: true)
    let inputs = TrainingStepTests.inputs(function)
    let exact = try Interpreter.run(try Self.gradients(narrow: false), inputs: inputs)
    let rounded = try Interpreter.run(function, inputs: inputs, options: .init(roundToType: true))
    let run = try CompiledProgram(function).run(inputs)
    var differ = false
    for (i, result) in function.results.enumerated() where !result.name.hasSuffix("key.bias") {
      let distance = relativeDifference(run.outputs[i], exact[i])
      #expect(distance <= 0.06, "\(result.name) differs from f32 by \(distance)")
      let error = relativeDifference(run.outputs[i], rounded[i])
      #expect(error <= 0.04, "\(result.name) differs from its own meaning by \(error)")
      if result.name.hasPrefix("grad."), distance > 1e-4 { differ = true }
    }
    #expect(differ, "bf16 leaves no trace")
  }
}
