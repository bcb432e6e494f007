import Frontend

extension Classifier {
  /// Fine-tuning as in the public code: random crops, SGD, a cosine per step. A weights file may lack the head and its norm,
  /// and may hold what pre-training has beyond the encoder.
  public var task: Task {
    Task(
      options.loss == .bce ? "multi-label classification" : "classification",
      feeds: [
        .image(ImageFeed(side: options.imageSize, channels: size.channels, crop: .finetuning)),
        .labels(
          LabelFeed(
            columns: options.labels, kind: options.loss == .bce ? .multiLabel : .classIndex, missing: options.missing)),
      ],
      metrics: [
        Metric("loss", .ratio(sum: "loss_sum", count: "loss_count")),
        Metric("auc", label: "AUROC", .classification(scores: "probability", feed: "labels")),
      ],
      schedule: Schedule(.cosine, clock: .after),
      recipe: Recipe(
        length: .steps(3000), warmup: .steps(50), rate: .peak(options.optimizer == .sgd ? 3e-2 : 5e-4)),
      recipes: options.optimizer == .sgd ? FinetuningRecipe.all.map { $0.named(batch: batch) } : [],
      branches: [Branch("head", prefixes: options.pooling == .average ? ["head.", "fc_norm."] : ["head."])],
      ignored: (options.pooling == .average ? ["norm."] : ["fc_norm."]) + ["decoder_", "mask_token", "bert_"],
      views: [.mistakes(View.Mistakes(image: "image", labels: "labels", scores: "probability"))])
  }

  public var optimizer: Optimizer {
    switch options.optimizer {
    case .sgd: .sgd()
    case .adamw: .adamW(beta2: 0.999)
    }
  }

  public var clip: Double? { options.clip }
}

/// The numbers of the public code's table, by data set and share of the labels.
struct FinetuningRecipe {
  let name: String
  let warmup: Int
  let steps: Int
  let rate: String

  /// Records of a step in the public code.
  static let batch = 96

  static let all = [
    FinetuningRecipe(name: "nih-1", warmup: 50, steps: 3000, rate: "3e-2"),
    FinetuningRecipe(name: "nih-10", warmup: 500, steps: 30000, rate: "3e-3"),
    FinetuningRecipe(name: "nih-100", warmup: 5000, steps: 200000, rate: "3e-3"),
    FinetuningRecipe(name: "rsna-1", warmup: 50, steps: 2000, rate: "3e-3"),
    FinetuningRecipe(name: "rsna-10", warmup: 200, steps: 10000, rate: "5e-4"),
    FinetuningRecipe(name: "rsna-100", warmup: 2000, steps: 50000, rate: "5e-4"),
    FinetuningRecipe(name: "chexpert-1", warmup: 150, steps: 2000, rate: "3e-3"),
    FinetuningRecipe(name: "chexpert-10", warmup: 1500, steps: 60000, rate: "5e-4"),
    FinetuningRecipe(name: "chexpert-100", warmup: 15000, steps: 200000, rate: "5e-4"),
    FinetuningRecipe(name: "covid", warmup: 50, steps: 1000, rate: "3e-2"),
  ]

  /// As flags of `train`; micro-batches that add up to the public code's batch where they can.
  func named(batch: Int) -> NamedRecipe {
    var flags = ["--steps", "\(steps)", "--warmup-steps", "\(warmup)", "--lr", rate]
    if batch < Self.batch, Self.batch % batch == 0 { flags += ["--accumulate", "\(Self.batch / batch)"] }
    return NamedRecipe(name, flags)
  }
}
