import Models
import Testing

@Suite struct ParameterTests {
  private func parameters(_ model: String, _ settings: [(key: String, value: String)] = []) throws -> [Argument] {
    let module = try ModelRegistry.model(named: model).build(ModelOptions(batch: 1, settings: settings))
    return module.function(named: "loss")!.arguments.filter { if case .parameter = $0.role { true } else { false } }
  }

  @Test("The names and shapes are the public checkpoint's")
  func names() throws {
    let found = try parameters("mrm-nano").sorted { $0.name < $1.name }
    #expect(found.map(\.name) == NanoSamples.parameters.map(\.name))
    #expect(found.map(\.type.shape) == NanoSamples.parameters.map(\.shape))
  }

  @Test(
    "The models have the right number of parameters",
    arguments: [
      ("mrm-nano", 68_728, 952), ("mrm-tiny", 10_906_928, 16_000), ("mrm-vit-b16", 151_154_736, 302_592),
      ("mrm-vit-l16", 368_902_192, 353_024),
    ])
  func counts(name: String, trainable: Int, fixed: Int) throws {
    let statistics = ModelStatistics(try ModelRegistry.model(named: name).build(ModelOptions(batch: 2)))
    #expect(statistics.trainableParameters == trainable)
    #expect(statistics.fixedParameters == fixed)
  }

  @Test("A record of mrm-vit-b16 costs about 78 GFLOP, whatever the batch")
  func flops() throws {
    let model = try ModelRegistry.model(named: "mrm-vit-b16")
    let one = ModelStatistics(try model.build(ModelOptions(batch: 1))).flopsPerRecord
    #expect(one > 75e9 && one < 85e9)
    #expect(ModelStatistics(try model.build(ModelOptions(batch: 8))).flopsPerRecord == one)
  }

  @Test("Weight decay applies to tensors of more than one dimension that are no bias, and are trained")
  func decay() throws {
    for argument in try parameters("mrm-nano") {
      guard let role = argument.role.parameter else { continue }
      let isTable = ["pos_embed", "decoder_pos_embed"].contains(argument.name)
      #expect(role.isTrainable == !isTable)
      #expect(role.decays == (!isTable && argument.type.rank > 1))
    }
  }

  @Test("Parameters start as the public code's")
  func initializers() throws {
    let bert = "bert_encoder.model"
    let table: [(String, Initializer)] = [
      ("cls_token", .normal(std: 0.02, zeroRow: nil)), ("pos_embed", .sincos2D(dim: 32, grid: 4, variant: "mrm")),
      ("patch_embed.proj.weight", .xavierUniform(fanIn: 192, fanOut: 32)), ("blocks.0.norm1.weight", .ones),
      ("blocks.0.attn.qkv.weight", .xavierUniform(fanIn: 32, fanOut: 96)), ("blocks.0.attn.qkv.bias", .zeros),
      ("\(bert).bert.embeddings.word_embeddings.weight", .normal(std: 0.02, zeroRow: 0)),
      ("\(bert).bert.embeddings.position_embeddings.weight", .normal(std: 0.02, zeroRow: nil)),
      ("\(bert).cls.predictions.decoder.weight", .xavierUniform(fanIn: 16, fanOut: 64)),
    ]
    let found = try parameters("mrm-nano")
    for (name, expected) in table {
      guard let initializer = found.first(where: { $0.name == name })?.role.parameter?.initializer else {
        Issue.record("no parameter \(name)")
        continue
      }
      #expect(initializer == expected, "\(name)")
    }
  }

  @Test("The output bias is also known as the decoder's; a tied matrix is no parameter of its own")
  func aliases() throws {
    let head = "bert_encoder.model.cls.predictions"
    let bias = try parameters("mrm-nano").first { $0.name == "\(head).bias" }!
    #expect(bias.role == .parameter(ParameterRole(.zeros, aliases: ["\(head).decoder.bias"])))
    let tied = try parameters("mrm-nano", [("tie_embeddings", "true")])
    #expect(!tied.contains { $0.name == "\(head).decoder.weight" })
    let words = tied.first { $0.name.hasSuffix("word_embeddings.weight") }!
    #expect(words.role.parameter?.aliases == ["\(head).decoder.weight"])
  }

  @Test("Inputs come first, then parameters; functions share their parameters")
  func order() throws {
    let module = try ModelRegistry.model(named: "mrm-nano").build(ModelOptions(batch: 3))
    let names = module.function(named: "loss")!.arguments.map(\.name)
    #expect(names.prefix(6) == ["image", "noise", "ids", "labels", "attention_mask", "seed"])
    #expect(
      names[6...].prefix(5) == ["cls_token", "pos_embed", "mask_token", "decoder_pos_embed", "patch_embed.proj.weight"])
    #expect(module.functions.map(\.name) == ["adamw", "adamw_decayed", "loss", "encode", "evaluate"])
    #expect(module.function(named: "evaluate")!.arguments.map(\.name) == names.filter { $0 != "seed" })
  }
}
