import Frontend

extension MRM: TaskModel {
  /// The feeds' names: the pictures, their noise, the reports.
  static let (imageFeed, noiseFeed, reportFeed) = ("image", "noise", "report")

  /// Pre-training as in the public code: random crops, half of the words hidden, AdamW, a cosine over 200 epochs.
  public var task: Task {
    Task(
      options.reportObjective ? "masked record modeling" : "masked autoencoding", feeds: feeds, metrics: metrics,
      schedule: Schedule(.cosine, clock: .before),
      recipe: Recipe(length: .epochs(200), warmup: .epochs(40), rate: .base(1.5e-4)), branches: branches,
      ignored: ["bert_encoder.model.bert.pooler.", "bert_encoder.model.bert.embeddings.position_ids"],
      views: [view])
  }

  public var optimizer: Optimizer { .adamW() }

  private var feeds: [Feed] {
    let image = ImageFeed(side: size.imageSide, channels: size.channels, crop: .pretraining)
    let pictures: [Feed] = [
      .image(image, named: Self.imageFeed), .noise(NoiseFeed(count: size.patches), named: Self.noiseFeed),
    ]
    if !options.reportObjective { return pictures }
    let report = TokenFeed(length: size.tokens, vocabulary: size.vocabulary)
    return pictures + [.tokens(report, named: Self.reportFeed)]
  }

  private var metrics: [Metric] {
    var metrics: [Metric] = []
    if options.imageObjective { metrics.append(Metric("loss_image", label: "loss, image", .mean(of: "image_error"))) }
    if options.reportObjective {
      metrics.append(
        Metric("loss_report", label: "loss, report", .ratio(sum: "report_error_sum", count: "report_count")))
    }
    let total = Metric(
      "loss", .combination([Metric.Term("loss_report"), Metric.Term("loss_image", weight: options.lambda)]))
    metrics.insert(total, at: 0)
    if options.reportObjective {
      metrics.append(
        Metric(
          "masked_accuracy", label: "masked tokens",
          .restoredTokens(correct: "masked_correct", count: "masked_count", feed: Self.reportFeed)))
    }
    return metrics
  }

  /// A file may lack what an encoder alone, such as a masked autoencoder's, does not have.
  private var branches: [Branch] {
    [
      Branch("image decoder", prefixes: ["decoder_", "mask_token"]), Branch("report branch", prefixes: ["bert_"]),
    ]
  }

  private var view: View {
    let pixels = options.normPixLoss ? "prediction_pixels" : "prediction"
    return .reconstruction(
      View.Reconstruction(
        image: Self.imageFeed, report: options.reportObjective ? Self.reportFeed : nil,
        target: options.imageObjective ? "target" : nil, prediction: options.imageObjective ? pixels : nil,
        mask: "mask", tokens: options.reportObjective ? "predicted_ids" : nil,
        shrink: max(1, targetPatch / size.patch)))
  }
}
