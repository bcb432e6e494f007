import Frontend

/// A stack of post-norm BERT layers on made activations: the forward and backward of a layer on its own, without
/// embeddings and heads around it. The loss, the mean of the output times `cotangent`, stands for whatever follows; the
/// activations are a parameter, so that their gradient is among the results.
///
///     mrmc diff docs/examples/bert.swift --batch 2 --function loss_and_grads
///     mrmc run docs/examples/bert.swift --set width=768 --set heads=12 --set length=128 --function loss_and_grads \
///       --inputs in.safetensors --init 0 --outputs out.safetensors --runs 9
func model(_ options: ModelOptions) throws(Diagnostic) -> Module {
  let length = try options.integer("length", default: 12, in: 1...4096)
  let width = try options.integer("width", default: 24, in: 1...8192)
  let heads = try options.integer("heads", default: 3, in: 1...128)
  let depth = try options.integer("depth", default: 1, in: 1...96)
  let dropout = try options.real("dropout", default: 0.1, accepted: "0 ≤ x < 1") { $0 >= 0 && $0 < 1 }

  var module = try ModuleBuilder("bert", options)
  try module.function("loss") { graph in
    let shape = [options.batch, length, width]
    let mask = graph.input("attention_mask", .i32, [options.batch, length])
    let cotangent = graph.input("cotangent", .f32, shape)
    var x = graph.parameter("x", shape, .normal(std: 1, zeroRow: nil), decay: false)
    let bias = ((1 - mask.converted(to: .f32)) * -1e9).reshaped([options.batch, 1, 1, length])
    for index in 0..<depth {
      x = graph.scope("layer.\(index)") { layer(x, heads: heads, bias: bias, dropout: dropout) }
    }
    graph.result("loss", (x * cotangent).mean())
    graph.result("output", x)
  }
  return module.finish()
}

/// norm(x + attention(x)), then norm(x + mlp(x)), under the names of BERT's checkpoints.
private func layer(_ x: Tensor, heads: Int, bias: Tensor, dropout: Double) -> Tensor {
  let width = x.size(-1)
  let context = attention(
    query: linear("attention.self.query", x, features: width), key: linear("attention.self.key", x, features: width),
    value: linear("attention.self.value", x, features: width), heads: heads, bias: bias, dropout: dropout)
  let projected = linear("attention.output.dense", context, features: width).dropout(dropout)
  let attended = layerNorm("attention.output.LayerNorm", x.adding(projected), epsilon: 1e-12)
  let hidden = linear("intermediate.dense", attended, features: 4 * width).gelu()
  let branch = linear("output.dense", hidden, features: width).dropout(dropout)
  return layerNorm("output.LayerNorm", attended.adding(branch), epsilon: 1e-12)
}
