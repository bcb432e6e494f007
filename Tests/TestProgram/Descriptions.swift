import Contract

/// What the compiler would write of the hand-written models.
enum Descriptions {
  private typealias Input = ProgramDescription.Input
  private typealias Output = ProgramDescription.Output

  /// A masked-record model in small: a linear layer on a few image features, trained with AdamW.
  static let probe = describe(
    "linear-probe",
    Task(
      "masked record modeling in small",
      feeds: [
        .image(ImageFeed(side: 8, crop: .pretraining)), .tokens(TokenFeed(length: 6, vocabulary: 12)),
        .noise(NoiseFeed(count: 4)),
      ],
      metrics: [
        Metric("loss", .combination([.init("loss_report"), .init("loss_image")])),
        Metric("loss_image", label: "loss, image", .mean(of: "image_error")),
        Metric("loss_report", label: "loss, report", .ratio(sum: "report_error_sum", count: "report_count")),
        Metric(
          "masked_accuracy", label: "masked tokens",
          .restoredTokens(correct: "masked_correct", count: "masked_count", feed: "report")),
      ], optimizer: Optimization(update: "adamw", decayedUpdate: "adamw_decayed"), schedule: Schedule(.cosine),
      recipe: Recipe(length: .epochs(200), warmup: .epochs(40), rate: .base(1.5e-4)),
      recipes: [NamedRecipe("short", ["--steps", "4", "--lr", "0.01", "--weight-decay", "0.25"])],
      branches: [Branch("offset", prefixes: ["bias", "decoder."])], ignored: ["bert.pooler."],
      views: [
        .reconstruction(
          .init(
            image: "image", report: "report", target: "target", prediction: "prediction", mask: "mask",
            tokens: "predicted_ids", shrink: 2))
      ]), parameters: [weight, bias, table],
    functions: [
      .init(
        name: "train_step", inputs: batch + [seed, rate, step, decay, weight, bias, table] + moments,
        outputs: losses + [norm] + updates(weight: 9, bias: 10, first: 12)),
      .init(
        name: "accumulate", inputs: batch + [seed, scale, weight, bias, table] + sums,
        outputs: losses + [
          Output("grad_sum.weight", f32(4), role: .none, alias: 10),
          Output("grad_sum.bias", f32(1), role: .none, alias: 11),
        ]),
      .init(
        name: "apply", inputs: [rate, step, decay, weight, bias] + sums + moments,
        outputs: [norm] + updates(weight: 3, bias: 4, first: 7) + [
          Output("grad_sum.weight", f32(4), role: .none, alias: 5),
          Output("grad_sum.bias", f32(1), role: .none, alias: 6),
        ]),
      .init(
        name: "evaluate", inputs: batch + [weight, bias, table],
        outputs: ["image_error", "report_error_sum", "report_count", "masked_correct", "masked_count"].map {
          Output($0, f32(2), role: .measure)
        } + [
          Output("prediction", f32(2, 4, 48), role: .measure), Output("target", f32(2, 4, 48), role: .measure),
          Output("mask", f32(2, 4), role: .measure),
          Output("predicted_ids", TensorType(.i32, [2, 6]), role: .measure),
        ]),
    ])

  /// A linear classifier of two findings, trained with momentum.
  static let classifier = describe(
    "linear-classifier",
    Task(
      "multi-label classification",
      feeds: [
        .image(ImageFeed(side: 8, crop: .finetuning)),
        .labels(LabelFeed(columns: ["edema", "mass"], missing: .ignored)),
      ],
      metrics: [
        Metric("auroc", label: "AUROC", .classification(scores: "scores", feed: "labels")),
        Metric("loss", .mean(of: "error")),
      ], optimizer: Optimization(update: "sgd", decayedUpdate: "sgd"), schedule: Schedule(.cosine, clock: .after),
      recipe: Recipe(length: .steps(12), warmup: .steps(2), rate: .peak(0.5)),
      views: [.mistakes(.init(image: "image", labels: "labels", scores: "scores"))]), parameters: [head],
    functions: [
      .init(
        name: "train_step",
        inputs: [
          image, labels, rate, Input("momentum", f32(), role: .scalar(.hyperparameter(standard: 0.9))), head,
          Input("velocity.head.weight", f32(2, 4), role: .state(slot: "momentum", of: "head.weight")),
        ],
        outputs: [
          Output("loss", f32(), role: .loss), Output("head.weight", f32(2, 4), role: .none, alias: 4),
          Output("velocity.head.weight", f32(2, 4), role: .none, alias: 5),
        ]),
      .init(
        name: "evaluate", inputs: [image, labels, head],
        outputs: [Output("scores", f32(2, 2), role: .measure), Output("error", f32(2), role: .measure)]),
      .init(name: "predict", inputs: [image, head], outputs: [Output("scores", f32(2, 2), role: .measure)]),
    ])

  /// The classifier's functions on labels that are any numbers.
  static let regressor: ProgramDescription = {
    var result = classifier
    result.task.feeds[1] = .labels(LabelFeed(columns: ["edema", "mass"], kind: .real))
    result.task.metrics = [Metric("r2", label: "R2", .regression(predictions: "scores", feed: "labels"))]
    return result
  }()

  /// The classifier with scores of which one is to be chosen; its functions are not run.
  static let chooser: ProgramDescription = {
    var result = classifier
    result.task.feeds[1] = .labels(LabelFeed(columns: ["edema", "mass"], kind: .classIndex, missing: .ignored))
    return result
  }()

  /// The masked-record model with a layer that is not trained, and a table that is.
  static let frozen: ProgramDescription = {
    var result = probe
    func change(_ input: inout Input) {
      guard case .parameter(var role) = input.role, input.name != "bias" else { return }
      role.isTrainable = input.name == "table"
      input.role = .parameter(role)
    }
    for index in result.parameters.indices { change(&result.parameters[index]) }
    for function in result.functions.indices {
      for index in result.functions[function].inputs.indices { change(&result.functions[function].inputs[index]) }
    }
    return result
  }()

  private static func describe(
    _ model: String, _ task: Task, parameters: [Input], functions: [ProgramDescription.Function]
  ) -> ProgramDescription {
    ProgramDescription(
      model: model, precision: "f32", optimization: 2, targetCPU: "any", cpuFeatures: [], irHash: "0123456789abcdef",
      batch: 2, compiler: "by hand", options: [.init(key: "lambda", value: "1")], buildFlags: [], task: task,
      parameters: parameters, functions: functions)
  }

  private static func f32(_ shape: Int...) -> TensorType { TensorType(.f32, shape) }

  private static func port(_ name: String, _ feed: String, _ part: String, _ type: TensorType) -> Input {
    Input(name, type, role: .input(port: FeedPort(feed, part)))
  }

  private static let image = port("image", "image", ImageFeed.pixels, f32(2, 3, 8, 8))
  private static let labels = port("findings", "labels", LabelFeed.values, f32(2, 2))
  private static let batch = [
    image, port("noise", "noise", NoiseFeed.values, f32(2, 4)),
    port("ids", "report", TokenFeed.ids, TensorType(.i32, [2, 6])),
    port("labels", "report", TokenFeed.labels, TensorType(.i32, [2, 6])),
    port("attention_mask", "report", TokenFeed.mask, TensorType(.i32, [2, 6])),
  ]

  private static let seed = Input("seed", TensorType(.i64, []), role: .scalar(.seed))
  private static let rate = Input("lr", f32(), role: .scalar(.learningRate))
  private static let step = Input("step", TensorType(.i64, []), role: .scalar(.step))
  private static let scale = Input("scale", f32(), role: .scalar(.gradientScale))
  private static let decay = Input("weight_decay", f32(), role: .scalar(.hyperparameter(standard: 0.05)))

  private static let weight = Input(
    "weight", f32(4), role: .parameter(ParameterRole(.xavierUniform(fanIn: 4, fanOut: 1), decays: true)))
  private static let bias = Input("bias", f32(1), role: .parameter(ParameterRole(.zeros, aliases: ["decoder.bias"])))
  private static let table = Input(
    "table", f32(1, 65, 16),
    role: .parameter(ParameterRole(.sincos2D(dim: 16, grid: 8, variant: "mrm"), trainable: false)))
  private static let head = Input(
    "head.weight", f32(2, 4), role: .parameter(ParameterRole(.normal(std: 0.5, zeroRow: nil))))

  private static func state(_ slot: String) -> [Input] {
    [
      Input("\(slot).weight", f32(4), role: .state(slot: slot, of: "weight")),
      Input("\(slot).bias", f32(1), role: .state(slot: slot, of: "bias")),
    ]
  }

  private static let moments = state("exp_avg") + state("exp_avg_sq")
  private static let sums = state("grad_sum")

  private static let losses = [
    Output("loss", f32(), role: .loss), Output("loss_image", f32(), role: .term),
    Output("loss_report", f32(), role: .term),
  ]
  private static let norm = Output("grad_norm", f32(), role: .gradientNorm)

  private static func updates(weight: Int, bias: Int, first: Int) -> [Output] {
    [Output("weight", f32(4), role: .none, alias: weight), Output("bias", f32(1), role: .none, alias: bias)]
      + moments.enumerated().map { Output($1.name, $1.type, role: .none, alias: first + $0) }
  }
}
