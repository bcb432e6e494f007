import Autodiff
import Interpreter
import Models
import TensorIR
import Testing
import TrainingHarness

/// Losses, logits, gradients (also clipped) and training steps of vit-nano against PyTorch, in f64.
@Suite struct ClassifierSampleTests {
  typealias Settings = [(key: String, value: String)]

  /// Name of the case in the samples, and the model options it has.
  struct Case: Sendable, CustomStringConvertible {
    var name: String
    var settings: Settings = []
    var description: String { name }
  }

  static let cases = [
    Case(name: "default"), Case(name: "softmax", settings: [("loss", "softmax"), ("pooling", "class")]),
    Case(name: "ignored", settings: [("missing", "ignored"), ("head", "mlp")]),
    Case(name: "fixed", settings: [("positions", "fixed")]),
  ]
  private static let clip = 0.05

  private func function(_ kind: TrainingFunctions.Kind, _ settings: Settings) throws -> Function {
    let given: Settings = [("labels", "5"), ("drop_path", "given"), ("clip", "\(Self.clip)")]
    let module = try ModelRegistry.model(named: "vit-nano").build(
      try ModelOptions(batch: 2, settings: given + settings))
    let function = try TrainingFunctions(of: module).function(kind)
    try Verifier.verify(function)
    return function
  }

  /// The inputs of `vit_samples.py`, by name.
  private func inputs(_ function: Function, _ settings: Settings) -> [String: HostTensor] {
    let least = settings.contains { $0.value == "ignored" } ? -1 : 0
    func tensor(_ argument: Argument) -> HostTensor {
      let (type, name) = (argument.type, argument.name)
      switch name {
      case "keep":
        let drawn = MRMSampleInputs.integers(name, type.count, 0..<2)
        let perBlock = type.count / type.shape[0]
        let kept = [5, 6]  // No branch is dropped for the whole batch.
        return HostTensor(
          type, drawn.enumerated().map { $0 < perBlock || kept.contains($0) ? 1 : Double($1) })
      case "keep_prob": return HostTensor(type, [1, 0.75])
      case "clip": return HostTensor(type, splat: Self.clip)
      case "labels" where type.element == .i32:
        return HostTensor(type, MRMSampleInputs.integers(name, type.count, 0..<5))
      case "labels":
        return HostTensor(type, MRMSampleInputs.integers(name, type.count, least..<2).map(Double.init))
      default: return MRMSampleInputs.tensor(argument)
      }
    }
    return Dictionary(uniqueKeysWithValues: function.arguments.map { ($0.name, tensor($0)) })
  }

  @Test(arguments: cases)
  func gradientsMatchPyTorch(_ sample: Case) throws {
    let samples = try Samples("vit_samples")
    let function = try function(.lossAndGradients, sample.settings)
    let inputs = inputs(function, sample.settings)
    let results = try Interpreter.run(function, inputs: function.arguments.map { inputs[$0.name]! })
    var compared: Set<String> = []
    for (result, tensor) in zip(function.results, results) where result.name != "probability" {
      let name = "\(sample.name)/\(result.name)"
      let expected = try samples.tensor(name).reals
      let isGradient = result.name.hasPrefix("grad.") || result.name.hasPrefix("clipped.")
      let parameter = String(result.name.drop { $0 != "." }.dropFirst())
      let found = isGradient ? MRMSampleInputs.summary(parameter, tensor.reals) : tensor.reals
      #expect(found.count == expected.count)
      let scale = isGradient ? expected.last! : expected.map(abs).max()!
      let error = zip(found, expected).map { abs($0 - $1) }.max()!
      #expect(error <= 1e-8 * scale && scale > 0, "\(result.name): error \(error) of largest \(scale)")
      compared.insert(name)
    }
    #expect(compared == Set(samples.names.filter { $0.hasPrefix("\(sample.name)/") }))
  }

  @Test(arguments: [
    Case(name: "sgd"), Case(name: "adamw", settings: [("optimizer", "adamw"), ("layer_decay", "0.65")]),
  ])
  func trainingStepsMatchPyTorch(_ sample: Case) throws {
    let samples = try Samples("vit_samples")
    let function = try function(.trainStep, sample.settings)
    var state = inputs(function, sample.settings)
    state["lr"] = HostTensor(TensorType(.f32, []), splat: sample.name == "sgd" ? 0.1 : 1e-3)
    state["weight_decay"] = HostTensor(TensorType(.f32, []), splat: sample.name == "sgd" ? 0 : 0.05)
    let losses = try samples.tensor("\(sample.name)/losses").reals
    let norms = try samples.tensor("\(sample.name)/grad_norms").reals
    for index in losses.indices {
      state["step"] = HostTensor(TensorType(.i64, []), splat: Double(index + 1))
      let results = try Interpreter.run(function, inputs: function.arguments.map { state[$0.name]! })
      for (result, tensor) in zip(function.results, results) { state[result.name] = tensor }
      #expect(abs(state["loss"]!.scalar - losses[index]) <= 1e-7)
      #expect(abs(state["grad_norm"]!.scalar - norms[index]) <= 1e-7 * norms[index])
      #expect(norms[index] > Self.clip, "the gradients are clipped")
    }
    for name in samples.names
    where name.hasPrefix("\(sample.name)/") && !name.hasSuffix("losses") && !name.hasSuffix("grad_norms") {
      let expected = try samples.tensor(name).reals
      let parameter = String(name.dropFirst(sample.name.count + 1))
      let found = MRMSampleInputs.summary(parameter, state[parameter]!.reals)
      let error = zip(found, expected).map { abs($0 - $1) }.max()!
      // Key biases have no gradient but rounding, which AdamW makes whole steps of.
      let limit = sample.name == "adamw" && name.hasSuffix("qkv.bias") ? 2e-2 : 1e-6
      #expect(error <= limit * expected.last!, "\(parameter): error \(error) of largest \(expected.last!)")
    }
  }

  /// A linear probe differentiates the head alone, and its FLOPs and memory are a fraction.
  @Test func aFrozenEncoderHasNoGradients() throws {
    let frozen = try function(.trainStep, [("freeze", "encoder")])
    let whole = try function(.trainStep, [])
    let trained = frozen.arguments.filter(\.isTrainable).map(\.name)
    #expect(trained == ["fc_norm.weight", "fc_norm.bias", "head.weight", "head.bias"])
    #expect(Cost.flops(frozen) < 0.4 * Cost.flops(whole))
  }
}
