import TensorIR

/// Linear cross-entropy whose products are emitted tiles: W is packed once for each of its two sides, then chunk by chunk
/// come the logits, the losses with the adjoints of the logits in their place, and the products of those.
extension Lowering {
  /// Whether tiles compute the products of a linear cross-entropy.
  func suitsTiles(_ op: LinearCrossEntropy) -> Bool { !op.hasWeights && options.products != .openblas }

  /// Whether its tiles multiply pairs of bf16. That needs an even number of rows, features and classes, for each of them is
  /// summed over by one of the products.
  func multipliesPairs(_ input: TensorType, classes: Int) -> Bool {
    input.element == .bf16 && options.pairsBF16 && (input.shape + [classes]).allSatisfy { $0 % 2 == 0 }
  }

  mutating func runTiles(_ all: CrossEntropyChunks) {
    let isPaired = all.adjointElement == .bf16
    let matrix = all.matrix
    let forward = panels(matrix.transposed([1, 0]), isPaired, all, "pack")
    let backward = all.inputAdjoint != nil ? panels(matrix, isPaired, all, "pack") : nil
    for chunk in all.chunks {
      var logits = all.logits!
      logits.shape = [chunk.rows, all.classes]
      let input = chunk.part(all.input)
      product(input, forward, logits, isPaired, adds: false, all, "logits")
      record([chunk.loss(all.logits)], all)
      let adjoints = all.adjoints(rows: chunk.rows)
      if let target = all.matrixAdjoint {
        let packed = panels(input, isPaired, all, "pack_input")
        product(adjoints.transposed([1, 0]), packed, target, isPaired, adds: chunk.index > 0, all, "matrix_adjoint")
      }
      if let target = all.biasAdjoint { record([chunk.biasAdjoint(target)], all) }
      if let target = all.inputAdjoint, let backward {
        product(adjoints, backward, chunk.part(target), isPaired, adds: false, all, "input_adjoint")
      }
    }
  }

  /// A matrix K×N as panels.
  private mutating func panels(_ b: View, _ isPaired: Bool, _ all: CrossEntropyChunks, _ name: String) -> View {
    let pack = PackKernel(
      batch: [], operand: b.element, isPaired: isPaired, k: b.shape[0], n: b.shape[1], source: plain(b))
    return packed(pack, read(b), [all.mnemonic, name])
  }

  /// C = A·B, or C + A·B.
  private mutating func product(
    _ a: View, _ panels: View, _ c: View, _ isPaired: Bool, adds: Bool, _ all: CrossEntropyChunks, _ name: String
  ) {
    var kernel = ProductKernel(
      element: .f32, operand: a.element, isPaired: isPaired, batch: [], m: c.shape[0], n: c.shape[1], k: a.shape[1],
      a: plain(a), b: .init(batch: [], row: PackKernel.width, column: 1), c: plain(c))
    kernel.form = .tiles
    kernel.tile = options.tile
    kernel.accumulates = adds
    var result = written(c)
    result.isRead = adds
    let bytes = [a, panels, c].reduce(0.0) { $0 + $1.shape.reduce(Double($1.element.byteSize)) { $0 * Double($1) } }
    call(
      .product(kernel), [read(a), read(panels), result], [all.mnemonic, name], flops: kernel.flops,
      bytes: bytes)
  }

  private func plain(_ view: View) -> ProductKernel.Matrix {
    .init(batch: [], row: view.strides[0], column: view.strides[1])
  }
}
