import Models

/// The kernels around masked patches and tokens.
extension BenchKernel {
  /// Images to patches, embedded, positions added, the visible ones gathered.
  static let maskedGather = BenchKernel(
    name: "masked-gather",
    shapes: { size, batch in
      [
        [
          "batch": batch, "side": size.side, "patch": size.patch, "channels": size.channels, "width": size.width,
          "visible": max(1, size.patches / 4),
        ]
      ]
    },
    build: { graph, shape in
      let (patches, width) = (patchCount(shape), shape["width"])
      let image = graph.input("pixels", .f32, [shape["batch"], shape["channels"], shape["side"], shape["side"]])
      let order = graph.input("order", .i32, [shape["batch"], patches])
      let positions = graph.parameter(
        "positions", [1, patches, width], .normal(std: 0.02, zeroRow: nil), trainable: false)
      let embedded = linear("proj", patchify(image, shape["patch"], [0, 2, 4, 1, 3, 5]), features: width)
      let visible = order.sliced(1, 0..<shape["visible"])
      graph.result("out", embedded.adding(positions).gather(visible, batchDims: 1))
    })

  /// Mask tokens put where patches were hidden, positions added; the first row is the class token's.
  static let unshuffle = BenchKernel(
    name: "masked-gather",
    shapes: { size, batch in
      [
        [
          "batch": batch, "patches": size.patches, "visible": max(1, size.patches / 4), "width": size.decoderWidth,
        ]
      ]
    },
    build: { graph, shape in
      let (patches, width, hidden) = (shape["patches"], shape["width"], shape["patches"] - shape["visible"])
      let tokens = graph.input("tokens", .f32, [shape["batch"], 1 + shape["visible"], width])
      // The order of random numbers hides, the place of each in it restores.
      let restore = graph.input("random", .f32, [shape["batch"], patches]).argsort().argsort()
      let token = graph.parameter("mask_token", [1, 1, width], .normal(std: 0.02, zeroRow: nil))
      let positions = graph.parameter(
        "positions", [1, 1 + patches, width], .normal(std: 0.02, zeroRow: nil), trainable: false)
      var rows = tokens.sliced(1, 1...)
      if hidden > 0 { rows = concatenated(rows, token.broadcast(to: [shape["batch"], hidden, width]), axis: 1) }
      let unshuffled = concatenated(tokens.sliced(1, 0..<1), rows.gather(restore, batchDims: 1), axis: 1)
      graph.result("out", unshuffled.adding(positions))
    },
    differentiated: ["tokens"])

  /// Word, position and type embeddings, normalised, under dropout 0.1, an image's vector added.
  static let embedding = BenchKernel(
    name: "embedding",
    shapes: { size, batch in
      [["batch": batch, "tokens": size.tokens, "vocabulary": size.vocabulary, "width": size.reportWidth]]
    },
    build: { graph, shape in
      let width = shape["width"]
      let ids = graph.input("tokens", .i32, [shape["batch"], shape["tokens"]])
      let image = graph.input("vector", .f32, [shape["batch"], 1, width])
      let words = Frontend.embedding("words", ids, count: shape["vocabulary"], width: width, paddingID: 0)
      let positions = graph.parameter("positions", [shape["tokens"], width], .normal(std: 0.02, zeroRow: nil))
      let types = graph.parameter("types", [2, width], .normal(std: 0.02, zeroRow: nil))
      let sum = words.adding(positions).adding(types.sliced(0, 0..<1))
      graph.result("out", Frontend.layerNorm("norm", sum, epsilon: 1e-12).dropout(0.1).adding(image))
    },
    differentiated: ["vector"])

  /// Mean squared error of the hidden patches, each target normalised by its own mean and variance.
  static let imageLoss = BenchKernel(
    name: "image-loss",
    shapes: { size, batch in
      [
        [
          "batch": batch, "side": 2 * size.side, "patch": 2 * size.patch, "channels": size.channels,
          "hidden": size.patches - max(1, size.patches / 4),
        ]
      ]
    },
    build: { graph, shape in
      let image = graph.input("pixels", .f32, [shape["batch"], shape["channels"], shape["side"], shape["side"]])
      let pixels = patchify(image, shape["patch"], [0, 2, 4, 3, 5, 1])
      let prediction = graph.input("prediction", .f32, pixels.shape)
      let order = graph.input("order", .i32, [shape["batch"], patchCount(shape)])
      let count = pixels.size(-1)
      let centred = pixels - pixels.mean([-1]).repeated(count)
      let variance = (centred * centred).sum([-1]) / Double(count - 1) + 1e-6
      let target = centred * variance.reciprocalSquareRoot().repeated(count)
      let hidden = order.sliced(1, (patchCount(shape) - shape["hidden"])...)
      let error = prediction.gather(hidden, batchDims: 1) - target.gather(hidden, batchDims: 1)
      graph.result("loss", (error * error).mean())
    },
    differentiated: ["prediction"])

  private static func patchCount(_ shape: KernelShape) -> Int {
    (shape["side"] / shape["patch"]) * (shape["side"] / shape["patch"])
  }

  /// `[B, C, H, W]` as `[B, patches, values]`, the axes (batch, channel, row, y, column, x) in the order given.
  private static func patchify(_ image: Tensor, _ patch: Int, _ order: [Int]) -> Tensor {
    let (rows, columns) = (image.size(2) / patch, image.size(3) / patch)
    let split = image.reshaped([image.size(0), image.size(1), rows, patch, columns, patch])
    return split.transposed(order).reshaped([image.size(0), rows * columns, patch * patch * image.size(1)])
  }
}
