import Frontend

extension MRM {
  static let bert = "bert_encoder.model.bert"
  static let head = "bert_encoder.model.cls.predictions"

  /// What the report branch gives.
  struct ReportPrediction {
    /// `[B, T, V]`.
    var logits: Tensor
    /// `[B, T]`: −log p(label).
    var crossEntropy: Tensor
    /// `[B, T]` bool: positions whose token was masked.
    var masked: Tensor
    var labels: Tensor
  }

  /// The one vector per image that is added to the report: `[B, R]` (without the report objective `[B, D]`).
  func globalVector(_ tokens: Tensor) -> Tensor {
    tokens.scope("", layer: "fusion") { tokens in
      let projected = options.reportObjective ? linear("bert_mlp", tokens, features: size.reportWidth) : tokens
      let patches = projected.sliced(1, 1...)
      switch options.fusion {
      case .gap: return patches.mean([1])
      case .gmp: return patches.max([1])
      }
    }
  }

  /// Token, position and type embeddings, normalised: `[B, T, R]`.
  func embedReport(_ report: Batch.Report) -> Tensor {
    report.ids.scope("\(Self.bert).embeddings", layer: "report.embeddings") { ids in
      let graph = ids.graph
      let words = embedding(
        "word_embeddings", ids, count: size.vocabulary, width: size.reportWidth, paddingID: 0,
        aliases: options.tieEmbeddings ? ["\(Self.head).decoder.weight"] : [])
      let positions = graph.parameter(
        "position_embeddings.weight", [size.tokens, size.reportWidth], .normal(std: 0.02, zeroRow: nil))
      let types = graph.parameter(
        "token_type_embeddings.weight", [2, size.reportWidth], .normal(std: 0.02, zeroRow: nil))
      let sum = words.adding(positions).adding(types.sliced(0, 0..<1))
      return layerNorm("LayerNorm", sum, epsilon: 1e-12).dropout(options.dropout)
    }
  }

  /// What the image decoder is told of the report: the mean of the unmasked tokens' embeddings, `[B, 1, D]`.
  func reportContext(_ embedded: Tensor, _ report: Batch.Report) -> Tensor {
    embedded.scope("", layer: "decoder.report") { embedded in
      let isVisible = (report.ids .== report.labels) .& report.attentionMask.converted(to: .bool)
      let weights = isVisible.converted(to: .f32).reshaped([batch, size.tokens, 1])
      let mean = (embedded * weights).sum([1], keep: true) / weights.sum([1], keep: true).maximum(1)
      return linear("decoder_report_embed", mean, features: size.decoderWidth)
    }
  }

  /// Restores the report from its unmasked tokens and the image (paper, §3.1).
  func predictReport(_ embedded: Tensor, _ image: Tensor, _ report: Batch.Report) -> ReportPrediction {
    let graph = embedded.graph
    var x = graph.scope("", layer: "report.fusion") {
      embedded.adding(image.reshaped([batch, 1, size.reportWidth]))
    }
    let bias = graph.scope("", layer: "report.padding") {
      let isPadding = 1 - report.attentionMask.converted(to: .f32)
      return (isPadding * -Double(Float.greatestFiniteMagnitude)).reshaped([batch, 1, 1, size.tokens])
    }
    for layer in 0..<size.reportDepth {
      x = x.scope("\(Self.bert).encoder.layer.\(layer)", layer: "report.layers.\(layer)") {
        bertLayer($0, bias: bias, heads: size.reportHeads, dropout: options.dropout)
      }
    }
    let logits = reportHead(x)
    return graph.scope("", layer: "loss.report") {
      ReportPrediction(
        logits: logits, crossEntropy: crossEntropy(logits, report.labels),
        masked: report.ids.compared(.ne, report.labels), labels: report.labels)
    }
  }

  private func reportHead(_ x: Tensor) -> Tensor {
    x.scope(Self.head, layer: "report.head") { x in
      let graph = x.graph
      let bias = graph.parameter("bias", [size.vocabulary], .zeros, aliases: ["\(Self.head).decoder.bias"])
      let hidden = x.scope("transform") { x in
        layerNorm("LayerNorm", linear("dense", x, features: size.reportWidth).gelu(), epsilon: 1e-12)
      }
      return hidden.scope("", layer: "decoder") { linear($0, weight: outputMatrix(graph), bias: bias) }
    }
  }

  /// `[V, R]`: a matrix of its own, or the token embedding.
  private func outputMatrix(_ graph: Graph) -> Tensor {
    let shape = [size.vocabulary, size.reportWidth]
    if !options.tieEmbeddings {
      return graph.parameter(
        "decoder.weight", shape, .xavierUniform(fanIn: size.reportWidth, fanOut: size.vocabulary))
    }
    return graph.existingParameter("\(Self.bert).embeddings.word_embeddings.weight")
  }

  /// 1 on the positions the report loss counts, `[B, T]`; nil if it counts all.
  func counted(_ report: ReportPrediction) -> Tensor? {
    options.reportLoss == .all ? nil : report.masked.converted(to: .f32)
  }

  /// L_R: the mean cross-entropy over the counted positions; none counted: 0.
  func reportLoss(_ report: ReportPrediction) -> Tensor {
    report.crossEntropy.scope("", layer: "report") { losses in
      guard let counted = counted(report) else { return losses.mean() }
      return (losses * counted).sum() / counted.sum().maximum(1)
    }
  }
}
