import Frontend

/// A pre-norm ViT block: x + attention(norm(x)), then x + mlp(norm(x)), MLP four times as wide, exact GELU.
/// `x`: `[B, N, width]`. `branch`: applied to the branches before they are added, 0 is attention, 1 the MLP.
public func transformerBlock(
  _ x: Tensor, heads: Int, branch: (Tensor, Int) -> Tensor = { branch, _ in branch }
) -> Tensor {
  let width = x.size(-1)
  let attended = x.adding(branch(selfAttention("attn", layerNorm("norm1", x, epsilon: 1e-6), heads: heads), 0))
  let hidden = layerNorm("norm2", attended, epsilon: 1e-6).scope("mlp") { x in
    linear("fc2", linear("fc1", x, features: 4 * width).gelu(), features: width)
  }
  return attended.adding(branch(hidden, 1))
}

/// Self-attention with one projection for query, key and value, side by side, and one for the result.
private func selfAttention(_ name: String, _ x: Tensor, heads: Int) -> Tensor {
  x.scope(name) { x in
    let width = x.size(-1)
    let qkv = linear("qkv", x, features: 3 * width)
    let query = qkv.sliced(-1, 0..<width)
    let key = qkv.sliced(-1, width..<(2 * width))
    let value = qkv.sliced(-1, (2 * width)..<(3 * width))
    return linear("proj", attention(query: query, key: key, value: value, heads: heads), features: width)
  }
}
