import Frontend

/// A small GPT: token and position embeddings, pre-norm blocks of causal attention and an MLP, and the cross-entropy of
/// each next token.
///
///     mrmc diff docs/examples/gpt.swift --batch 2 --function loss_and_grads
///     mrmc ir docs/examples/gpt.swift --stage fused --set tied=false --set depth=4
func model(_ options: ModelOptions) throws(Diagnostic) -> Module {
  let vocabulary = try options.integer("vocabulary", default: 61, in: 2...1_000_000)
  let length = try options.integer("length", default: 12, in: 2...4096)
  let width = try options.integer("width", default: 24, in: 1...8192)
  let heads = try options.integer("heads", default: 3, in: 1...128)
  let depth = try options.integer("depth", default: 2, in: 1...96)
  let dropout = try options.real("dropout", default: 0.1, accepted: "0 ≤ x < 1") { $0 >= 0 && $0 < 1 }
  let isTied = try options.flag("tied", default: true)

  var module = try ModuleBuilder("gpt", options)
  module.set("vocabulary", .integer(vocabulary))
  try module.function("loss") { graph in
    let ids = graph.input("ids", .i32, [options.batch, length])
    let tokens = embedding("wte", ids, count: vocabulary, width: width)
    let positions = graph.parameter("wpe.weight", [length, width], .normal(std: 0.02, zeroRow: nil))
    var x = (tokens + positions).dropout(dropout)

    // A position sees itself and what came before it.
    let (row, column) = (graph.iota(axis: 0, [length, length]), graph.iota(axis: 1, [length, length]))
    let causal = select(column .<= row, graph.constant(0, [length, length]), -1e9)
    for index in 0..<depth {
      x = graph.scope("h.\(index)") { block(x, heads: heads, mask: causal, dropout: dropout) }
    }
    x = layerNorm("ln_f", x, epsilon: 1e-5)

    let logits =
      isTied
      ? linear(x, weight: graph.existingParameter("wte.weight"), bias: nil)
      : linear("head", x, features: vocabulary, bias: false)
    let losses = crossEntropy(logits.sliced(1, 0..<(length - 1)), ids.sliced(1, 1..<length))
    graph.result("loss", losses.mean())
  }
  return module.finish()
}

private func block(_ x: Tensor, heads: Int, mask: Tensor, dropout: Double) -> Tensor {
  let width = x.size(-1)
  let qkv = linear("attn.qkv", layerNorm("ln_1", x, epsilon: 1e-5), features: 3 * width)
  let seen = attention(
    query: qkv.sliced(-1, 0..<width), key: qkv.sliced(-1, width..<(2 * width)),
    value: qkv.sliced(-1, (2 * width)..<(3 * width)), heads: heads, bias: mask, dropout: dropout)
  let attended = x.adding(linear("attn.proj", seen, features: width).dropout(dropout))
  let hidden = linear("mlp.fc", layerNorm("ln_2", attended, epsilon: 1e-5), features: 4 * width).gelu()
  return attended.adding(linear("mlp.proj", hidden, features: width).dropout(dropout))
}
