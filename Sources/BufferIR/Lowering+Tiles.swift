import TensorIR

/// Products by emitted tiles.
extension Lowering {
  /// Turns a product into one of tiles, its B packed by a call of its own. Gives its operands. `b`: the type of B's elements.
  mutating func tiles(_ kernel: inout ProductKernel, _ operands: [Call.Operand], b: ElementType) -> [Call.Operand] {
    var (operands, element) = (operands, b)
    // Cᵀ = Bᵀ·Aᵀ where that makes the result row-major, or, for gradients of weights, leaves far fewer columns to pack: but
    // tiles stored turned are slower, and no update joins them.
    let isGradient = kernel.a.column != 1 && kernel.b.column == 1
    if kernel.c.column != 1 || (isGradient && kernel.n >= 8 * kernel.m) {
      func transposed(_ matrix: ProductKernel.Matrix) -> ProductKernel.Matrix {
        .init(batch: matrix.batch, row: matrix.column, column: matrix.row)
      }
      (kernel.m, kernel.n) = (kernel.n, kernel.m)
      (kernel.a, kernel.b) = (transposed(kernel.b), transposed(kernel.a))
      kernel.c = transposed(kernel.c)
      operands.swapAt(0, 1)
      swap(&kernel.operand, &element)
    }
    let pack = PackKernel(
      batch: kernel.batch, operand: element, isPaired: kernel.isPaired, k: kernel.k, n: kernel.n, source: kernel.b)
    let panels = packed(pack, operands[1], ["pack"])
    kernel.form = .tiles
    kernel.tile = options.tile
    // What B was no longer tells kernels apart.
    kernel.b = .init(batch: [], row: PackKernel.width, column: 1)
    operands[1] = read(panels)
    return operands
  }

  /// A call that packs B; the memory of the panels.
  mutating func packed(_ pack: PackKernel, _ source: Call.Operand, _ mnemonics: [String]) -> View {
    let count = pack.batch.reduce(PackKernel.count(steps: pack.steps, n: pack.n), *)
    let panels = temporary(TensorType(.f32, [count]))
    let bytes = Double(pack.batch.reduce(pack.k * pack.n * pack.operand.byteSize, *) + count * 4)
    call(.pack(pack), [source, written(panels)], mnemonics, flops: 0, bytes: bytes)
    return panels
  }
}
