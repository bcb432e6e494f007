import Contract
import Testing

@Suite("Program descriptions")
struct DescriptionTests {
  /// A task that uses every kind of feed, metric and view.
  static let task = Task(
    "everything",
    feeds: [
      .image(ImageFeed(column: "path", side: 32, channels: 1, crop: .finetuning)),
      .tokens(TokenFeed(length: 12, vocabulary: 64)),
      .labels(LabelFeed(columns: ["a", "b c"], kind: .multiLabel, missing: .ignored)),
      .labels(LabelFeed(columns: ["x", "y"], kind: .classIndex), named: "kind"), .noise(NoiseFeed(count: 16)),
    ],
    metrics: [
      Metric("image_loss", label: "loss, image", .mean(of: "error")),
      Metric("loss_report", .ratio(sum: "s", count: "n")),
      Metric("loss", .combination([.init("image_loss"), .init("loss_report", weight: 0.5)])),
      Metric("words", .restoredTokens(correct: "c", count: "n", feed: "report")),
      Metric("auc", .classification(scores: "scores", feed: "labels")),
      Metric("error", .regression(predictions: "scores", feed: "labels")),
    ],
    optimizer: Optimization(update: "sgd", decayedUpdate: "sgd_decayed", clip: 1),
    schedule: Schedule(.polynomial(power: 0.9), clock: .after),
    recipe: Recipe(length: .steps(3000), warmup: .steps(50), rate: .peak(3e-2)),
    recipes: [NamedRecipe("short", ["--steps", "10"])], branches: [Branch("head", prefixes: ["head.", "fc_norm."])],
    ignored: ["decoder"],
    views: [
      .reconstruction(
        .init(image: "image", report: nil, target: "t", prediction: "p", mask: "m", tokens: nil, shrink: 2)),
      .mistakes(.init(image: "image", labels: "labels", scores: "scores")),
    ])

  static let description = ProgramDescription(
    model: "m", precision: "f32", optimization: 2, targetCPU: "x86-64-v3", cpuFeatures: ["avx2"], irHash: "00ff",
    batch: 4, compiler: "mrmc 0", options: [.init(key: "rate", value: "0.5")], buildFlags: ["--batch 4"], task: task,
    parameters: [
      .init(
        "w", TensorType(.f32, [2, 3]),
        role: .parameter(ParameterRole(.normal(std: 0.02, zeroRow: 0), decays: true, rateScale: 0.65, aliases: ["v"]))),
      .init(
        "x", TensorType(.f32, [2]),
        role: .parameter(ParameterRole(.xavierUniform(fanIn: 2, fanOut: 3), trainable: false))),
      .init(
        "t", TensorType(.f32, [1, 5, 8]), role: .parameter(ParameterRole(.sincos2D(dim: 8, grid: 2, variant: "mrm")))),
    ],
    functions: [
      .init(
        name: "train_step",
        inputs: [
          .init("pixels", TensorType(.f32, [4, 1, 32, 32]), role: .input(port: FeedPort("image", ImageFeed.pixels))),
          .init("other", TensorType(.i32, []), role: .input), .init("seed", TensorType(.i64, []), role: .scalar(.seed)),
          .init("decay", TensorType(.f32, []), role: .scalar(.hyperparameter(standard: 0.05))),
          .init(
            "w", TensorType(.f32, [2, 3]),
            role: .parameter(
              ParameterRole(.normal(std: 0.02, zeroRow: 0), decays: true, rateScale: 0.65, aliases: ["v"]))),
          .init("momentum.w", TensorType(.f32, [2, 3]), role: .state(slot: "momentum", of: "w")),
        ],
        outputs: [
          .init("loss", TensorType(.f32, []), role: .loss),
          .init("w", TensorType(.f32, [2, 3]), role: .none, alias: 4),
        ])
    ])

  @Test("a description reads back from its text as it was")
  func roundTrip() throws {
    let text = Self.description.json.compact
    let read = try ProgramDescription(json: text)
    #expect(read == Self.description)
    #expect(read.json.compact == text)
  }

  @Test(
    "what is wrong in a description is named by its path",
    arguments: [
      ("\"side\":32", "\"side\":0", "description.task.feeds[0].side: 0"),
      ("\"kind\":\"image\"", "\"kind\":\"film\"", "description.task.feeds[0]: kind \"film\""),
      ("\"clock\":\"after\"", "\"clock\":\"now\"", "description.task.schedule.clock: \"now\": expected before, after"),
      ("\"name\":\"kind\"", "\"name\":\"image\"", "description.task: two feeds or two metrics are named \"image\""),
      ("f32[4,1,32,32]", "f32[4,", "description.functions[0].inputs[0].type"),
      ("\"format\":2", "\"format\":1", "format 1, this runtime reads 2"),
      ("\"clip\":1.0", "\"clip\":0", "description.task.optimizer.clip"),
    ])
  func errors(_ old: String, _ new: String, _ message: String) throws {
    let text = Self.description.json.compact
    let damaged = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: new)
    try #require(damaged != text)
    let error = #expect(throws: Diagnostic.self) { try ProgramDescription(json: damaged) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    #expect(error?.code == .badData)
  }

  @Test("types read back from their text", arguments: ["f32[]", "bf16[2,3]", "i64[7]"])
  func types(_ text: String) { #expect(TensorType(text)?.description == text) }

  @Test("other texts are no types", arguments: ["", "f32", "f32[", "f33[2]", "f32[2,]", "f32[-1]", "f32[2]x"])
  func noTypes(_ text: String) { #expect(TensorType(text) == nil) }

  @Test("each feed gives its tensors with the batch in front")
  func parts() {
    let types = Self.task.parts(batch: 4).map { "\($0.port) \($0.type)" }
    #expect(
      types == [
        "image.pixels f32[4,1,32,32]", "report.ids i32[4,12]", "report.labels i32[4,12]",
        "report.attention_mask i32[4,12]", "labels.values f32[4,2]", "kind.values i32[4]", "noise.values f32[4,16]",
      ])
  }
}
