import Frontend

/// A post-norm BERT layer: norm(x + attention(x)), then norm(x + mlp(x)), MLP four times as wide, exact GELU, dropout on
/// the attention probabilities and on both branches. `x`: `[B, T, width]`; `bias`: added to the scores.
func bertLayer(_ x: Tensor, bias: Tensor, heads: Int, dropout: Double) -> Tensor {
  let width = x.size(-1)
  let attended = x.scope("attention") { x in
    let context = x.scope("self", layer: "") { x in
      attention(
        query: linear("query", x, features: width), key: linear("key", x, features: width),
        value: linear("value", x, features: width), heads: heads, bias: bias, dropout: dropout)
    }
    return context.scope("output") { addAndNormalise($0, to: x, dropout: dropout) }
  }
  let hidden = attended.scope("intermediate") { linear("dense", $0, features: 4 * width).gelu() }
  return hidden.scope("output") { addAndNormalise($0, to: attended, dropout: dropout) }
}

private func addAndNormalise(_ branch: Tensor, to x: Tensor, dropout: Double) -> Tensor {
  let projected = linear("dense", branch, features: x.size(-1)).dropout(dropout)
  return layerNorm("LayerNorm", x.adding(projected), epsilon: 1e-12)
}
