import Frontend

extension Classifier {
  /// Pictures `[B, C, S, S]` to logits `[B, labels]`.
  func classify(_ image: Tensor, training: Bool) -> Tensor {
    let graph = image.graph
    let isFrozen = options.freeze == .encoder
    let tokens = graph.training(frozen: isFrozen) { encode(image, training: training && !isFrozen) }
    let pooled = graph.scope("", layer: "pooling") {
      switch options.pooling {
      case .average: tokens.sliced(1, 1...).mean([1])
      case .class: tokens.selected(1, 0)
      }
    }
    let normalised =
      options.pooling == .average
      ? layerNorm("fc_norm", pooled, epsilon: 1e-6)
      : graph.training(frozen: isFrozen, rate: rate(layer: size.depth)) { layerNorm("norm", pooled, epsilon: 1e-6) }
    return head(normalised)
  }

  /// The blocks' output `[B, 1 + L, D]`, class token first, not normalised.
  private func encode(_ image: Tensor, training: Bool) -> Tensor {
    let graph = image.graph
    let drop = DropPath(graph, options.dropPath, depth: size.depth, batch: batch, isOn: training)
    return graph.scope("", layer: "encoder") {
      var x = graph.training(rate: rate(layer: 0)) { embed(image) }
      for block in 0..<size.depth {
        x = graph.training(rate: rate(layer: block + 1)) {
          x.scope("blocks.\(block)") { x in
            transformerBlock(x, heads: size.heads) { branch, number in drop.apply(branch, block: block, branch: number)
            }
          }
        }
      }
      return x
    }
  }

  private func embed(_ image: Tensor) -> Tensor {
    let graph = image.graph
    let token = graph.parameter("cls_token", [1, 1, size.width], .normal(std: 0.02, zeroRow: nil))
    let positions = graph.parameter(
      "pos_embed", [1, 1 + patches, size.width], .sincos2D(dim: size.width, grid: grid, variant: "mrm"),
      trainable: options.positions == .learned)
    let embedded = patchEmbedding(image, side: size.patch, width: size.width)
    return graph.scope("", layer: "cls") {
      concatenated(token.broadcast(to: [batch, 1, size.width]), embedded, axis: 1).adding(positions)
    }
  }

  private func head(_ x: Tensor) -> Tensor {
    let graph = x.graph
    let count = options.labels.count
    let hidden = options.head == .mlp ? linear("head.hidden", x, features: size.width).gelu() : x
    return graph.scope("head") {
      let weight = graph.parameter("weight", [count, size.width], .normal(std: 2e-5, zeroRow: nil))
      return linear(hidden, weight: weight, bias: graph.parameter("bias", [count], .zeros))
    }
  }

  /// The factor of the learning rate of a layer: the embedding is 0, block i is i + 1, the head has 1.
  private func rate(layer: Int) -> Double? {
    if options.layerDecay == 1 { return nil }
    var rate = 1.0
    for _ in layer...size.depth { rate *= options.layerDecay }
    return rate
  }
}
