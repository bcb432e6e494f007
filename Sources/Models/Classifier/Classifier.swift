import Frontend

/// A ViT that classifies pictures, as MRM is fine-tuned (paper, §4.2; public code, `models_vit.py`): patch embedding, class
/// token, position table, pre-norm blocks, the mean over the patch tokens, a norm and a linear head. Names are timm's.
public struct Classifier: TaskModel {
  let size: ClassifierSize
  let options: ClassifierOptions
  let batch: Int

  /// The sizes of the family, smallest first.
  static let models = ClassifierSize.all.map { size in
    Model(name: size.name, summary: size.summary) { (options) throws(Diagnostic) in try module(size, options) }
  }

  static func module(_ size: ClassifierSize, _ options: ModelOptions) throws(Diagnostic) -> Module {
    let model = Classifier(size: size, options: try ClassifierOptions(options, size), batch: options.batch)
    var module = try ModuleBuilder(size.name, options)
    try module.add(model)
    return module.finish()
  }

  /// Patches along one side of the picture.
  var grid: Int { options.imageSize / size.patch }
  /// Patches of a picture, L.
  var patches: Int { grid * grid }

  /// `@loss`: the mean loss, the logits `[B, C]` and their probabilities.
  public func loss(_ graph: Graph) {
    let image = graph.image()
    let labels = graph.labels()
    let logits = classify(image, training: true)
    graph.scope("", layer: "loss") { graph.result("loss", meanLoss(logits, labels), role: .loss) }
    graph.result("logits", logits)
    graph.result("probability", probability(logits))
  }

  /// `@evaluate`: per record the loss `[B]` and the probabilities `[B, C]`; nothing is dropped.
  public func evaluate(_ graph: Graph) {
    let image = graph.image()
    let labels = graph.labels()
    let logits = classify(image, training: false)
    graph.scope("", layer: "loss") {
      let (sums, counts) = recordLosses(logits, labels)
      graph.result("loss_sum", sums, role: .measure)
      graph.result("loss_count", counts, role: .measure)
    }
    graph.result("probability", probability(logits), role: .measure)
  }

  /// `@predict`: logits and probabilities `[B, C]` of pictures alone.
  public func predict(_ graph: Graph) -> Bool {
    let logits = classify(graph.image(), training: false)
    graph.result("logits", logits, role: .measure)
    graph.result("probability", probability(logits), role: .measure)
    return true
  }

  // MARK: Losses

  /// The probability of each class: σ of its own logit, or the softmax over all.
  private func probability(_ logits: Tensor) -> Tensor {
    logits.scope("", layer: "probability") { options.loss == .bce ? $0.sigmoid() : $0.softmax() }
  }

  /// The mean over records and classes, those that are not known left out.
  private func meanLoss(_ logits: Tensor, _ labels: Tensor) -> Tensor {
    if options.loss == .softmax { return crossEntropy(logits, labels).mean() }
    let losses = logits.binaryCrossEntropy(labels)
    guard options.missing == .ignored else { return losses.mean() }
    return losses.mean(where: labels.compared(.ge, 0))
  }

  /// Σ of the losses of each record, and how many they are.
  private func recordLosses(_ logits: Tensor, _ labels: Tensor) -> (Tensor, Tensor) {
    let graph = logits.graph
    if options.loss == .softmax { return (crossEntropy(logits, labels), graph.constant(1, [batch])) }
    let losses = logits.binaryCrossEntropy(labels)
    guard options.missing == .ignored else {
      return (losses.sum([1]), graph.constant(Double(options.labels.count), [batch]))
    }
    let known = labels.compared(.ge, 0).converted(to: .f32)
    return ((losses * known).sum([1]), known.sum([1]))
  }
}
