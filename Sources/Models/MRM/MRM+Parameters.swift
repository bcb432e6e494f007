import Frontend

/// The parameters that belong to no layer, under their public names.
extension MRM {
  func classToken(_ graph: Graph) -> Tensor {
    graph.parameter("cls_token", [1, 1, size.width], .normal(std: 0.02, zeroRow: nil))
  }

  /// The fixed table `[1, 1 + L, D]`.
  func positionTable(_ graph: Graph) -> Tensor { table("pos_embed", size.width, graph) }

  func maskToken(_ graph: Graph) -> Tensor {
    graph.parameter("mask_token", [1, 1, size.decoderWidth], .normal(std: 0.02, zeroRow: nil))
  }

  /// The fixed table `[1, 1 + L, D]` of the image decoder.
  func decoderPositionTable(_ graph: Graph) -> Tensor { table("decoder_pos_embed", size.decoderWidth, graph) }

  private func table(_ name: String, _ width: Int, _ graph: Graph) -> Tensor {
    graph.parameter(
      name, [1, 1 + size.patches, width],
      .sincos2D(dim: width, grid: size.grid, variant: options.positionEmbedding.rawValue), trainable: false)
  }
}
