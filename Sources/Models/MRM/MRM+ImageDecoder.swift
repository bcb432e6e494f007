import Frontend

extension MRM {
  /// What the image decoder gives, and what it should give.
  struct ImagePrediction {
    /// `[B, L, P]`: the decoder's output, P values per patch, (row, column, channel).
    var prediction: Tensor
    /// `[B, L, P]`: the target's pixels as they are.
    var pixels: Tensor
    /// Present if targets are normalised.
    var statistics: PatchStatistics?
    /// `[B, L, P]`: what the prediction is compared with.
    var target: Tensor
  }

  /// Both `[B, L]`.
  struct PatchStatistics {
    var mean: Tensor
    /// Unbiased, ε added.
    var variance: Tensor
  }

  /// Predicts every patch from the visible ones (paper, §3.2, "Masked image modeling").
  ///
  /// `context`: `[B, 1, D]` added to the decoder's input, if the report helps.
  func decodeImage(_ encoded: EncodedImage, _ context: Tensor?, image: Tensor) -> ImagePrediction {
    let graph = encoded.tokens.graph
    let source = options.superResolution ? image : encoded.lowResolution
    let prediction = graph.scope("", layer: "decoder") {
      let embedded = linear("decoder_embed", encoded.tokens, features: size.decoderWidth)
      var x = unshuffled(embedded, encoded.shuffle).adding(decoderPositionTable(graph))
      if let context { x = x.adding(context) }
      for block in 0..<size.decoderDepth {
        x = x.scope("decoder_blocks.\(block)", layer: "blocks.\(block)") {
          transformerBlock($0, heads: size.decoderHeads)
        }
      }
      let outputs = targetPatch * targetPatch * size.channels
      return linear("decoder_pred", layerNorm("decoder_norm", x, epsilon: 1e-6), features: outputs).sliced(1, 1...)
    }
    return graph.scope("", layer: "target") {
      let pixels = patchify(source, targetPatch, .channelLast)
      guard options.normPixLoss else {
        return ImagePrediction(prediction: prediction, pixels: pixels, target: pixels)
      }
      let count = pixels.size(-1)
      let mean = pixels.mean([-1])
      let centred = pixels - mean.repeated(count)
      let variance = (centred * centred).sum([-1]) / Double(count - 1) + 1e-6
      return ImagePrediction(
        prediction: prediction, pixels: pixels, statistics: PatchStatistics(mean: mean, variance: variance),
        target: centred * variance.reciprocalSquareRoot().repeated(count))
    }
  }

  /// Puts mask tokens where patches were hidden: `[B, 1 + K, D]` to `[B, 1 + L, D]`, class token first.
  private func unshuffled(_ tokens: Tensor, _ shuffle: Shuffle?) -> Tensor {
    guard let shuffle else { return tokens }
    return tokens.scope("", layer: "unshuffle") { tokens in
      let hidden = maskToken(tokens.graph).broadcast(
        to: [batch, size.patches - options.visible, size.decoderWidth])
      let patches = concatenated(tokens.sliced(1, 1...), hidden, axis: 1).gather(shuffle.restore, batchDims: 1)
      return concatenated(tokens.sliced(1, 0..<1), patches, axis: 1)
    }
  }

  /// L_I: the mean squared error over the hidden patches of the batch (over all, if none is hidden).
  func imageLoss(_ image: ImagePrediction, _ encoded: EncodedImage) -> Tensor {
    squaredError(image, encoded).scope("", layer: "image") { $0.mean() }
  }

  /// `(prediction − target)²` of the hidden patches, `[B, L − K, P]` (of all, if none is hidden).
  func squaredError(_ image: ImagePrediction, _ encoded: EncodedImage) -> Tensor {
    image.prediction.scope("", layer: "image") { prediction in
      guard let shuffle = encoded.shuffle else {
        let error = prediction - image.target
        return error * error
      }
      let hidden = shuffle.order.sliced(1, options.visible...)
      let error = prediction.gather(hidden, batchDims: 1) - image.target.gather(hidden, batchDims: 1)
      return error * error
    }
  }
}
