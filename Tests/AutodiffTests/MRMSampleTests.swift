import Autodiff
import Interpreter
import Models
import TensorIR
import Testing
import TrainingHarness

/// Losses, gradients and training steps of mrm-nano against PyTorch, in f64.
@Suite struct MRMSampleTests {
  /// Name of the case in the samples, and the model options it has.
  struct Case: Sendable, CustomStringConvertible {
    var name: String
    var settings: [(key: String, value: String)] = []
    var description: String { name }
  }

  static let cases = [
    Case(name: "default"),
    Case(
      name: "paper",
      settings: [
        ("report_loss", "masked"), ("norm_pix_loss", "false"), ("fusion", "gmp"), ("lambda", "2"),
        ("antialias", "true"),
      ]),
    Case(
      name: "tied",
      settings: [("tie_embeddings", "true"), ("super_resolution", "false"), ("image_mask_ratio", "0.5")]),
    Case(name: "multimodal", settings: [("image_restoration", "multimodal")]),
    Case(name: "mae", settings: [("report_objective", "false")]),
  ]

  private func module(_ settings: [(key: String, value: String)]) throws -> Module {
    let options = try ModelOptions(batch: 2, settings: settings + [(key: "dropout", value: "0")])
    var module = try ModelRegistry.model(named: "mrm-nano").build(options)
    try TrainingFunctions.add(to: &module)
    for function in module.functions { try Verifier.verify(function) }
    return module
  }

  @Test(arguments: cases)
  func gradientsMatchPyTorch(_ sample: Case) throws {
    let samples = try Samples("mrm_samples")
    let function = try module(sample.settings).function(named: "loss_and_grads")!
    let results = try Interpreter.run(function, inputs: MRMSampleInputs.tensors(function))
    let losses = try samples.tensor("\(sample.name)/losses").reals
    for (place, expected) in losses.enumerated() {
      #expect(abs(results[place].scalar - expected) <= 1e-9, "\(function.results[place].name)")
    }
    var compared: Set<String> = []
    for (result, tensor) in zip(function.results, results) where result.name.hasPrefix("grad.") {
      let expected = try samples.tensor("\(sample.name)/\(result.name)").reals
      let found = MRMSampleInputs.summary(String(result.name.dropFirst(5)), tensor.reals)
      #expect(found.count == expected.count)
      // A key's bias moves all scores of a query alike: its gradient is zero but for rounding.
      let scale = result.name.hasSuffix("self.key.bias") ? 1e-6 : expected.last!
      let error = zip(found, expected).map { abs($0 - $1) }.max()!
      #expect(error <= 1e-8 * scale && scale > 0, "\(result.name): error \(error) of largest \(scale)")
      compared.insert("\(sample.name)/\(result.name)")
    }
    #expect(compared == Set(samples.names.filter { $0.hasPrefix("\(sample.name)/grad.") }))
  }

  /// With dropout on: the loss along a random direction of all parameters.
  @Test func gradientsWithDropoutMatchTheSlopeOfTheLoss() throws {
    var module = try ModelRegistry.model(named: "mrm-nano").build(try ModelOptions(batch: 2))
    try TrainingFunctions.add(to: &module)
    let function = module.function(named: "loss_and_grads")!
    #expect(function.nodes.contains { if case .dropout = $0.op { true } else { false } })
    var inputs = MRMSampleInputs.tensors(function)
    inputs[function.argument(named: "seed")!.index] = HostTensor(TensorType(.i64, []), splat: 77)
    let gradients = try Interpreter.run(function, inputs: inputs)
    func direction(_ name: String, _ count: Int) -> [Double] {
      let along = MRMSampleInputs.uniform("d." + name, count, -1, 1)
      // The `[PAD]` row has no gradient by design, so it stays.
      let fixed = name.hasSuffix("word_embeddings.weight") ? 16 : 0
      return along.enumerated().map { $0 < fixed ? 0 : $1 }
    }
    var slope = 0.0
    for (result, gradient) in zip(function.results, gradients) where result.name.hasPrefix("grad.") {
      let along = direction(String(result.name.dropFirst(5)), gradient.type.count)
      slope += zip(gradient.reals, along).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let loss = module.function(named: "loss")!
    func value(_ step: Double) throws -> Double {
      let moved = zip(loss.arguments, inputs).map { argument, input in
        guard argument.isTrainable else { return input }
        let along = direction(argument.name, input.type.count)
        return HostTensor(input.type, zip(input.reals, along).map { $0 + step * $1 })
      }
      return try Interpreter.run(loss, inputs: moved)[0].scalar
    }
    let measured = try (value(1e-5) - value(-1e-5)) / 2e-5
    #expect(abs(slope - measured) <= 1e-5 * abs(measured) && abs(measured) > 0.01, "\(slope) against \(measured)")
  }

  @Test func trainingStepsMatchPyTorch() throws {
    let samples = try Samples("mrm_samples")
    let function = try module([]).function(named: "train_step")!
    var state = Dictionary(
      uniqueKeysWithValues: zip(function.arguments.map(\.name), MRMSampleInputs.tensors(function)))
    state["lr"] = HostTensor(TensorType(.f32, []), splat: 1e-3)
    state["weight_decay"] = HostTensor(TensorType(.f32, []), splat: 0.05)
    let (losses, norms) = (try samples.tensor("steps/losses").reals, try samples.tensor("steps/grad_norms").reals)
    #expect(losses.last! < losses[0])
    for (index, loss) in losses.enumerated() {
      state["step"] = HostTensor(TensorType(.i64, []), splat: Double(index + 1))
      let results = try Interpreter.run(function, inputs: function.arguments.map { state[$0.name]! })
      for (result, tensor) in zip(function.results, results) { state[result.name] = tensor }
      #expect(abs(state["loss"]!.scalar - loss) <= 1e-6)
      #expect(abs(state["grad_norm"]!.scalar - norms[index]) <= 1e-6)
    }
    for name in samples.names where name.hasPrefix("steps/") && name != "steps/losses" && name != "steps/grad_norms" {
      let expected = try samples.tensor(name).reals
      let parameter = String(name.dropFirst(6))
      let found = ["", "exp_avg.", "exp_avg_sq."].flatMap {
        MRMSampleInputs.summary(parameter, state[$0 + parameter]!.reals).suffix(2)
      }
      for place in expected.indices {
        let scale = expected[place | 1]
        #expect(abs(found[place] - expected[place]) <= 1e-5 * scale, "\(parameter), value \(place)")
      }
    }
  }
}
