import Frontend

/// An MLP-Mixer: patches of an image, then blocks that mix along the patches and along the channels in turn, the mean over
/// patches, and a classifier.
///
///     mrmc diff docs/examples/mixer.swift --batch 2 --function loss_and_grads
func model(_ options: ModelOptions) throws(Diagnostic) -> Module {
  let side = try options.integer("side", default: 24, in: 1...4096)
  let patch = try options.integer("patch", default: 8, in: 1...1024)
  let width = try options.integer("width", default: 20, in: 1...8192)
  let depth = try options.integer("depth", default: 2, in: 1...96)
  let classes = try options.integer("classes", default: 10, in: 2...100_000)

  var module = try ModuleBuilder("mixer", options)
  module.set("vocabulary", .integer(classes))
  try module.function("loss") { graph in
    let image = graph.input("image", .f32, [options.batch, 3, side, side])
    let labels = graph.input("labels", .i32, [options.batch])
    let count = side / patch
    let patches = image.reshaped([options.batch, 3, count, patch, count, patch]).transposed([0, 2, 4, 1, 3, 5])
      .reshaped([options.batch, count * count, 3 * patch * patch])
    var x = linear("stem", patches, features: width)
    for index in 0..<depth {
      x = graph.scope("blocks.\(index)") {
        let across = layerNorm("norm1", x, epsilon: 1e-6).transposed([0, 2, 1])
        let mixed = x.adding(mlp("tokens", across, hidden: 2 * count * count).transposed([0, 2, 1]))
        return mixed.adding(mlp("channels", layerNorm("norm2", mixed, epsilon: 1e-6), hidden: 4 * width))
      }
    }
    let pooled = layerNorm("norm", x, epsilon: 1e-6).mean([1])
    graph.result("loss", crossEntropy(linear("head", pooled, features: classes), labels).mean())
  }
  return module.finish()
}

private func mlp(_ name: String, _ x: Tensor, hidden: Int) -> Tensor {
  x.scope(name) { x in
    linear("fc2", linear("fc1", x, features: hidden).gelu(), features: x.size(-1))
  }
}
