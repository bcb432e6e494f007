import Models

/// The kernels of transformer layers.
extension BenchKernel {
  /// Self-attention of q, k and v side by side in one buffer. `masked` 1: with a padding bias and dropout 0.1.
  static let attention = BenchKernel(
    name: "attention",
    shapes: { size, batch in
      [
        shape(batch, size.patches / 4 + 1, size.width, size.heads, masked: 0),
        shape(batch, size.patches + 1, size.decoderWidth, size.decoderHeads, masked: 0),
        shape(batch, size.tokens, size.reportWidth, size.reportHeads, masked: 1),
      ]
    },
    build: { graph, shape in
      let width = shape["heads"] * shape["head_size"]
      let qkv = graph.input("qkv", .f32, [shape["batch"], shape["rows"], 3 * width])
      let isMasked = shape["masked"] != 0
      let bias = isMasked ? graph.input("bias", .f32, [shape["batch"], 1, 1, shape["rows"]]) : nil
      graph.result(
        "out",
        Frontend.attention(
          query: qkv.sliced(-1, 0..<width), key: qkv.sliced(-1, width..<(2 * width)),
          value: qkv.sliced(-1, (2 * width)..<(3 * width)), heads: shape["heads"], bias: bias,
          dropout: isMasked ? 0.1 : 0))
    },
    differentiated: ["qkv"])

  private static func shape(_ batch: Int, _ rows: Int, _ width: Int, _ heads: Int, masked: Int) -> KernelShape {
    ["batch": batch, "heads": heads, "rows": rows, "head_size": width / heads, "masked": masked]
  }

  /// Layer normalisation over rows. `residual` 1: of the sum with a branch under dropout 0.1.
  static let layerNorm = BenchKernel(
    name: "layernorm",
    shapes: { size, batch in
      [
        ["batch": batch, "rows": size.patches / 4 + 1, "width": size.width, "residual": 0],
        ["batch": batch, "rows": size.patches + 1, "width": size.decoderWidth, "residual": 0],
        ["batch": batch, "rows": size.tokens, "width": size.reportWidth, "residual": 1],
      ]
    },
    build: { graph, shape in
      var x = graph.input("x", .f32, rows(shape))
      if shape["residual"] != 0 { x = x.adding(graph.input("branch", .f32, rows(shape)).dropout(0.1)) }
      graph.result("out", Frontend.layerNorm("norm", x, epsilon: 1e-6))
    },
    differentiated: ["x", "branch"])

  /// The MLP of a layer: product, bias, GELU, product, bias, residual.
  static let epilogue = BenchKernel(
    name: "epilogue",
    shapes: { size, batch in
      [
        ["batch": batch, "rows": size.patches / 4 + 1, "width": size.width, "hidden": 4 * size.width],
        ["batch": batch, "rows": size.patches + 1, "width": size.decoderWidth, "hidden": 4 * size.decoderWidth],
      ]
    },
    build: { graph, shape in
      let x = graph.input("x", .f32, rows(shape))
      let hidden = linear("fc1", x, features: shape["hidden"]).gelu()
      let residual = graph.input("residual", .f32, rows(shape))
      graph.result("out", residual.adding(linear("fc2", hidden, features: x.size(-1))))
    },
    differentiated: ["x", "residual"])

  /// Logits over the vocabulary and their mean cross-entropy.
  static let lmHead = BenchKernel(
    name: "lm-head",
    shapes: { size, batch in
      [["batch": batch, "rows": size.tokens, "width": size.reportWidth, "vocabulary": size.vocabulary]]
    },
    build: { graph, shape in
      let x = graph.input("x", .f32, rows(shape))
      let labels = graph.input("targets", .i32, [shape["batch"], shape["rows"]])
      let logits = linear("decoder", x, features: shape["vocabulary"])
      graph.result("loss", crossEntropy(logits, labels).mean())
    },
    differentiated: ["x"], isOnePass: true)

  /// AdamW on one matrix as large as the parameters of an encoder block.
  static let optimizer = BenchKernel(
    name: "optimizer",
    shapes: { size, _ in [["rows": 12 * size.width, "columns": size.width]] },
    build: { graph, shape in
      let weight = graph.parameter("weight", [shape["rows"], shape["columns"]], .normal(std: 0.02, zeroRow: nil))
      graph.result("loss", weight.mean())
    },
    isUpdate: true)

  private static func rows(_ shape: KernelShape) -> [Int] { [shape["batch"], shape["rows"], shape["width"]] }
}

extension KernelShape: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral elements: (String, Int)...) { self.init(elements) }
}
