import Frontend

extension MRM {
  /// What the encoder gives.
  struct EncodedImage {
    /// `[B, 1 + K, D]`, class token first.
    var tokens: Tensor
    /// `[B, L]`, 1 on hidden patches.
    var mask: Tensor
    /// Absent if every patch is visible.
    var shuffle: Shuffle?
    /// The low-resolution images `[B, C, S, S]`.
    var lowResolution: Tensor
  }

  /// A random order of the patches: the first K are visible.
  struct Shuffle {
    /// `[B, L]`: the patch at each place of the order.
    var order: Tensor
    /// `[B, L]`: the place of each patch in the order.
    var restore: Tensor
  }

  /// Down-samples, embeds the patches, hides some, and runs the transformer on the others (paper, §3.2).
  func encodeImage(_ image: Tensor, _ noise: Tensor) -> EncodedImage {
    let graph = image.graph
    let token = classToken(graph)
    let positions = positionTable(graph)
    let small = downsample(image, antialias: options.antialias)
    return graph.scope("", layer: "encoder") {
      let embedded = patchEmbedding(small, side: size.patch, width: size.width).adding(positions.sliced(1, 1...))
      let shuffle = options.visible < size.patches ? self.shuffle(noise) : nil
      let visible = shuffle.map { visiblePatches(embedded, $0) } ?? embedded
      var x = graph.scope("", layer: "cls") {
        let first = token.adding(positions.sliced(1, 0..<1)).broadcast(to: [batch, 1, size.width])
        return concatenated(first, visible, axis: 1)
      }
      for block in 0..<size.depth {
        x = x.scope("blocks.\(block)") { transformerBlock($0, heads: size.heads) }
      }
      let tokens = layerNorm("norm", x, epsilon: 1e-6)
      return EncodedImage(
        tokens: tokens, mask: mask(shuffle, graph), shuffle: shuffle, lowResolution: small)
    }
  }

  private func shuffle(_ noise: Tensor) -> Shuffle {
    noise.scope("", layer: "mask") { noise in
      let order = noise.argsort()
      return Shuffle(order: order, restore: order.argsort())
    }
  }

  private func visiblePatches(_ patches: Tensor, _ shuffle: Shuffle) -> Tensor {
    patches.scope("", layer: "mask") { $0.gather(shuffle.order.sliced(1, 0..<options.visible), batchDims: 1) }
  }

  private func mask(_ shuffle: Shuffle?, _ graph: Graph) -> Tensor {
    graph.scope("", layer: "mask") {
      guard let shuffle else { return graph.constant(0, [batch, size.patches]) }
      return shuffle.restore.compared(.ge, Double(options.visible)).converted(to: .f32)
    }
  }
}
