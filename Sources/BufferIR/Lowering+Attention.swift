import TensorIR

/// Fused attention.
extension Lowering {
  mutating func lower(_ op: Attention, _ node: Node) {
    var kernel = attentionKernel(op, node, isGradient: false)
    let inputs = attentionInputs(&kernel, node)
    let out = rowsDestination(node.results[0])
    let sums = contiguousDestination(node.results[1])
    kernel.out = .init(out.view)
    finish(kernel, node, reads: inputs, writes: [out, sums])
  }

  mutating func lower(_ op: AttentionGradient, _ node: Node) {
    var kernel = attentionKernel(op.attention, node, isGradient: true)
    var inputs = attentionInputs(&kernel, node)
    let count = op.attention.inputCount
    inputs.append(contiguous(node.operands[count]))
    let adjoint = outputAdjoint(node.operands[count + 1], kernel)
    inputs.append(adjoint)
    kernel.out = .init(adjoint)
    let results = node.results.map { rowsDestination($0) }
    kernel.adjoints = results.map { .init($0.view) }
    finish(kernel, node, reads: inputs, writes: results)
  }

  /// The kernel of these shapes, and how its products are computed; its matrices are yet to come.
  private func attentionKernel(_ op: Attention, _ node: Node, isGradient: Bool) -> AttentionKernel {
    let shapes = node.operands.prefix(3).map { function.type(of: $0).shape }
    let (q, k, v) = (Array(shapes[0].suffix(2)), Array(shapes[1].suffix(2)), Array(shapes[2].suffix(2)))
    let none = AttentionKernel.Matrix(batch: [], row: 0)
    let library = AttentionKernel(
      op: op, isGradient: isGradient, batch: Array(shapes[0].dropLast(2)), m: q[0], n: k[0], d: q[1], e: v[1], q: none,
      k: none, v: none, bias: [], out: none, adjoints: [])
    if options.products == .openblas { return library }
    var tiles = library
    tiles.form = .tiles
    tiles.tile = options.tile
    tiles.isPaired = op.narrow && options.pairsBF16 && tiles.d % 2 == 0 && tiles.e % 2 == 0
    return tiles.suitsTiles ? tiles : library
  }

  /// Gives the kernel q, k, v and the bias; their memory, and that of the seed.
  private mutating func attentionInputs(_ kernel: inout AttentionKernel, _ node: Node) -> [View] {
    var inputs = (0..<3).map { rows(node.operands[$0], widened: !kernel.isPaired) }
    for operand in node.operands[3..<kernel.op.inputCount] { inputs.append(materialize(operand)) }
    (kernel.q, kernel.k, kernel.v) = (.init(inputs[0]), .init(inputs[1]), .init(inputs[2]))
    if kernel.op.hasBias { kernel.bias = inputs[3].strides }
    return inputs
  }

  /// The adjoint of the output as the products want it: of a narrow attention in bf16, or rounded to it and widened again;
  /// where pairs are multiplied f32 is rounded as it is packed.
  private mutating func outputAdjoint(_ value: ValueID, _ kernel: AttentionKernel) -> View {
    if kernel.isPaired || !kernel.op.narrow { return rows(value) }
    let view = materialize(value)
    return converted(converted(view, to: .bf16), to: .f32)
  }

  private mutating func finish(
    _ kernel: AttentionKernel, _ node: Node, reads: [View], writes: [(view: View, wanted: View)]
  ) {
    let flops = Cost.flops(
      node.op, operands: node.operands.map { function.type(of: $0) },
      results: node.results.map { function.type(of: $0) })
    let bytes = (reads + writes.map(\.view)).reduce(0.0) { total, view in
      total + zip(view.shape, view.strides).reduce(Double(view.element.byteSize)) { $1.1 == 0 ? $0 : $0 * Double($1.0) }
    }
    call(
      .attention(kernel), reads.map(read) + writes.map { written($0.view) }, [node.op.mnemonic], flops: flops,
      bytes: bytes)
    for (result, place) in zip(node.results, writes) {
      if place.view != place.wanted { copy(place.view, to: place.wanted) }
      places[result.index] = .view(place.wanted)
    }
  }

  /// The value in memory with a unit stride along its rows; bf16 in f32 if that is wanted.
  mutating func rows(_ value: ValueID, widened wide: Bool = false) -> View {
    let view =
      wide ? converted(materialize(value), to: Attention.wide(function.type(of: value)).element) : materialize(value)
    if hasRows(view) { return view }
    let result = temporary(TensorType(view.element, view.shape))
    copy(view, to: result)
    return result
  }

  mutating func rowsDestination(_ value: ValueID) -> (view: View, wanted: View) {
    let wanted = destination(value)
    return (hasRows(wanted) ? wanted : temporary(function.type(of: value)), wanted)
  }

  /// Whether columns are neighbours and rows do not overlap, so that BLAS can take it.
  private func hasRows(_ view: View) -> Bool {
    let rank = view.shape.count
    let (row, column) = (view.strides[rank - 2], view.strides[rank - 1])
    return column == 1 && row >= view.shape[rank - 1]
  }
}

extension AttentionKernel.Matrix {
  /// A matrix per point of the batch in a view's memory.
  fileprivate init(_ view: View) {
    self.init(
      batch: Array(view.strides.dropLast(2)), row: view.strides[view.strides.count - 2], element: view.element)
  }
}
