import Frontend

/// Patches of a picture, each as a vector: `[B, C, H, W]` to `[B, (H/p)·(W/p), width]`.
///
/// Parameters `patch_embed.proj.weight` `[width, C, p, p]`, a convolution's, and `patch_embed.proj.bias`.
public func patchEmbedding(_ image: Tensor, side: Int, width: Int) -> Tensor {
  image.scope("patch_embed") { image in
    let graph = image.graph
    let channels = image.shape[1]
    let inputs = channels * side * side
    let weight = graph.parameter(
      "proj.weight", [width, channels, side, side], .xavierUniform(fanIn: inputs, fanOut: width))
    let bias = graph.parameter("proj.bias", [width], .zeros)
    return linear(
      patchify(image, side, .channelFirst), weight: weight.reshaped([width, inputs]), bias: bias)
  }
}
