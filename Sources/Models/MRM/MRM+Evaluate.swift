import Frontend

extension MRM {
  /// `@evaluate`: per record, the errors on what was hidden; and the predictions, for pictures and for reading.
  public func evaluate(_ graph: Graph) {
    let forward = forward(inputs(graph), graph)
    graph.scope("", layer: "evaluate") {
      if let image = forward.image { evaluate(image, forward.encoded) }
      graph.result("mask", forward.encoded.mask, role: .measure)
      if let report = forward.report { evaluate(report) }
    }
  }

  private func evaluate(_ image: ImagePrediction, _ encoded: EncodedImage) {
    let graph = image.prediction.graph
    graph.result("image_error", squaredError(image, encoded).mean([1, 2]), role: .measure)
    graph.result("prediction", image.prediction, role: .measure)
    graph.result("target", image.pixels, role: .measure)
    if let statistics = image.statistics {
      let count = image.prediction.size(-1)
      let deviation = statistics.variance.squareRoot().repeated(count)
      graph.result("prediction_pixels", image.prediction * deviation + statistics.mean.repeated(count), role: .measure)
    }
  }

  private func evaluate(_ report: ReportPrediction) {
    let graph = report.logits.graph
    let losses = report.crossEntropy
    let counted = counted(report) ?? graph.constant(1, losses.shape)
    let predicted = report.logits.argmax()
    let correct = (predicted .== report.labels) .& report.masked
    graph.result("report_error_sum", (losses * counted).sum([1]), role: .measure)
    graph.result("report_count", counted.sum([1]), role: .measure)
    graph.result("masked_correct", correct.converted(to: .f32).sum([1]), role: .measure)
    graph.result("masked_count", report.masked.converted(to: .f32).sum([1]), role: .measure)
    graph.result("predicted_ids", predicted, role: .measure)
  }
}
