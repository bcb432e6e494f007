import Frontend

/// Masked record modeling (Zhou et al., ICLR 2023): restores hidden image patches, at twice the resolution, and hidden
/// report tokens from what is left of both.
public struct MRM {
  let size: MRMSize
  let options: MRMOptions
  let batch: Int

  /// The sizes of the family, smallest first.
  static let models = MRMSize.all.map { size in
    Model(name: size.name, summary: size.summary) { (options) throws(Diagnostic) in try module(size, options) }
  }

  /// The module of a model: `@loss`, `@encode` and `@evaluate`.
  public static func module(_ size: MRMSize, _ options: ModelOptions) throws(Diagnostic) -> Module {
    try size.check()
    let model = MRM(size: size, options: try MRMOptions(options, size), batch: options.batch)
    var module = try ModuleBuilder(size.name, options)
    model.setGeometry(&module)
    try module.train(model.task, by: model.optimizer, clip: model.clip)
    try module.function("loss") { model.loss($0) }
    try module.function("encode") { model.encode($0) }
    try module.function("evaluate") { model.withoutDropout.evaluate($0) }
    return module.finish()
  }

  var withoutDropout: MRM {
    var options = options
    options.dropout = 0
    return MRM(size: size, options: options, batch: batch)
  }

  /// Side of a patch the image decoder predicts, in pixels of its target.
  var targetPatch: Int { options.superResolution ? 2 * size.patch : size.patch }

  private func setGeometry(_ module: inout ModuleBuilder) {
    module.set("image_size", .integer(size.imageSide))
    module.set("channels", .integer(size.channels))
    module.set("low_patch", .integer(size.patch))
    module.set("high_patch", .integer(2 * size.patch))
    module.set("target_patch", .integer(targetPatch))
    module.set("patches", .integer(size.patches))
    module.set("visible", .integer(options.visible))
    module.set("tokens", .integer(size.tokens))
    module.set("vocabulary", .integer(size.vocabulary))
  }

  /// The inputs of one batch, in the order of the signature.
  struct Batch {
    /// `[B, 3, 2S, 2S]`, normalised pixels.
    var image: Tensor
    /// `[B, L]`, uniform in [0, 1): whose smallest K stay visible.
    var noise: Tensor
    /// `[B, T]`, absent without the report objective.
    var report: Report?

    struct Report {
      var ids: Tensor
      var labels: Tensor
      /// 1 on tokens, 0 on padding.
      var attentionMask: Tensor
    }
  }

  func inputs(_ graph: Graph) -> Batch {
    let (image, noise) = (graph.image(Self.imageFeed), graph.noise(Self.noiseFeed))
    guard options.reportObjective else { return Batch(image: image, noise: noise) }
    func tokens(_ part: String) -> Tensor { graph.feed(FeedPort(Self.reportFeed, part)) }
    return Batch(
      image: image, noise: noise,
      report: .init(
        ids: tokens(TokenFeed.ids), labels: tokens(TokenFeed.labels), attentionMask: tokens(TokenFeed.mask)))
  }

  /// `@loss`: L_R + λ·L_I, both terms, the prediction `[B, L, P]` and the mask `[B, L]` (1 on hidden patches).
  public func loss(_ graph: Graph) {
    let batch = inputs(graph)
    _ = graph.seed()
    let forward = forward(batch, graph)
    graph.scope("", layer: "loss") {
      let imageLoss = forward.image.map { self.imageLoss($0, forward.encoded) } ?? graph.constant(0)
      let reportLoss = forward.report.map { self.reportLoss($0) } ?? graph.constant(0)
      let total = options.lambda == 1 ? reportLoss + imageLoss : reportLoss + imageLoss * options.lambda
      graph.result("loss", total, role: .loss)
      graph.result("loss_image", imageLoss, role: .term)
      graph.result("loss_report", reportLoss, role: .term)
    }
    if let image = forward.image { graph.result("prediction", image.prediction) }
    graph.result("mask", forward.encoded.mask)
  }

  /// `@encode`: the encoder's tokens `[B, 1 + K, D]`, class token first, and the one vector per image that is added to
  /// the report `[B, R]` (without the report objective the pooled patch tokens `[B, D]`).
  func encode(_ graph: Graph) {
    let encoded = encodeImage(graph.image(Self.imageFeed), graph.noise(Self.noiseFeed))
    graph.result("tokens", encoded.tokens)
    graph.result("global", globalVector(encoded.tokens))
  }

  struct Forward {
    var encoded: EncodedImage
    var image: ImagePrediction?
    var report: ReportPrediction?
  }

  func forward(_ batch: Batch, _ graph: Graph) -> Forward {
    declareTables(graph)
    let encoded = encodeImage(batch.image, batch.noise)
    let embedded = batch.report.map { embedReport($0) }
    let context = options.imageRestoration == .multimodal ? embedded.map { reportContext($0, batch.report!) } : nil
    let image = options.imageObjective ? decodeImage(encoded, context, image: batch.image) : nil
    let report = batch.report.map { predictReport(embedded!, globalVector(encoded.tokens), $0) }
    return Forward(encoded: encoded, image: image, report: report)
  }

  /// The parameters that stand before all layers in the public checkpoint.
  private func declareTables(_ graph: Graph) {
    _ = (classToken(graph), positionTable(graph))
    if options.imageObjective { _ = (maskToken(graph), decoderPositionTable(graph)) }
  }
}
