import Interpreter
import Models
import Testing

@Suite struct GoldenLossTests {
  @Test("The losses are PyTorch's", arguments: NanoSamples.losses.indices)
  func losses(index: Int) throws {
    let sample = NanoSamples.losses[index]
    let settings = sample.setting.isEmpty ? [] : [try ModelOptions.setting(sample.setting)]
    let results = try run("loss", settings)
    #expect(abs(results["loss"]!.scalar - sample.loss) < 1e-9)
    #expect(abs(results["loss_image"]!.scalar - sample.image) < 1e-9)
    #expect(abs(results["loss_report"]!.scalar - sample.report) < 1e-9)
  }

  @Test("No masked token: the masked report loss is 0")
  func nothingMasked() throws {
    let module = try nano([("report_loss", "masked"), ("dropout", "0")])
    let function = module.function(named: "loss")!
    var inputs = Formula.inputs(function)
    inputs[function.argument(named: "ids")!.index] = inputs[function.argument(named: "labels")!.index]
    let results = try Interpreter.run(function, inputs: inputs)
    #expect(results[2].scalar == 0)
    #expect(results[0].scalar == results[1].scalar)
  }

  @Test("@evaluate agrees with @loss", arguments: ["all", "masked"])
  func evaluate(reportLoss: String) throws {
    let settings = [("report_loss", reportLoss)]
    let (loss, evaluation) = (try run("loss", settings), try run("evaluate", settings))
    let image = evaluation["image_error"]!.reals
    #expect(abs(image.reduce(0, +) / 2 - loss["loss_image"]!.scalar) < 1e-12)
    let errors = evaluation["report_error_sum"]!.reals.reduce(0, +)
    let count = evaluation["report_count"]!.reals.reduce(0, +)
    #expect(abs(errors / count - loss["loss_report"]!.scalar) < 1e-12)
    #expect(count == (reportLoss == "all" ? 24 : 7))
    #expect(evaluation["masked_count"]!.reals.reduce(0, +) == 7)
    #expect(evaluation["predicted_ids"]!.integers.allSatisfy { (0..<64).contains($0) })
  }

  @Test("The prediction in pixels has the target patch's own mean and deviation")
  func predictionPixels() throws {
    let evaluation = try run("evaluate", [])
    let target = evaluation["target"]!.reals[..<768]
    let mean = target.reduce(0, +) / 768
    let deviation = (target.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 767 + 1e-6).squareRoot()
    let expected = evaluation["prediction"]!.reals[5] * deviation + mean
    #expect(abs(evaluation["prediction_pixels"]!.reals[5] - expected) < 1e-12)
  }

  @Test("The report changes the image prediction only in multimodal restoration")
  func multimodalRestoration() throws {
    for (mode, changes) in [("plain", false), ("multimodal", true)] {
      let function = try nano([("image_restoration", mode), ("dropout", "0")]).function(named: "loss")!
      var inputs = Formula.inputs(function)
      let before = try Interpreter.run(function, inputs: inputs)[3]
      for name in ["ids", "labels"] {
        let argument = function.argument(named: name)!.index
        inputs[argument] = HostTensor(inputs[argument].type, inputs[argument].integers.map { $0 == 3 ? 3 : 63 - $0 })
      }
      let after = try Interpreter.run(function, inputs: inputs)[3]
      #expect((before != after) == changes)
    }
  }

  @Test("@encode gives the tokens, class token first, and the vector that is added to the report")
  func encode() throws {
    let results = try run("encode", [])
    #expect(results["tokens"]!.type == TensorType(.f32, [2, 5, 32]))
    #expect(results["global"]!.type == TensorType(.f32, [2, 16]))
    let pooled = try run("encode", [("report_objective", "false")])
    #expect(pooled["tokens"] == results["tokens"])
    let column = (1..<5).map { pooled["tokens"]!.reals[$0 * 32 + 7] }
    #expect(abs(pooled["global"]!.reals[7] - column.reduce(0, +) / 4) < 1e-12)
  }

  private func nano(_ settings: [(String, String)]) throws -> Module {
    try ModelRegistry.model(named: "mrm-nano").build(
      ModelOptions(batch: 2, settings: settings.map { (key: $0.0, value: $0.1) }))
  }

  private func run(_ name: String, _ settings: [(String, String)]) throws -> [String: HostTensor] {
    let function = try nano(settings + [("dropout", "0")]).function(named: name)!
    let results = try Interpreter.run(function, inputs: Formula.inputs(function))
    return Dictionary(uniqueKeysWithValues: zip(function.results.map(\.name), results))
  }
}
