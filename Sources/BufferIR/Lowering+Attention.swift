import TensorIR

/// How an attention's products are computed.
private struct AttentionForm {
  var form: ProductForm
  var isPaired: Bool
}

/// Fused attention.
extension Lowering {
  mutating func lower(_ op: Attention, _ node: Node) {
    let form = attentionForm(op, node, isGradient: false)
    let inputs = attentionInputs(op, node, form)
    let out = rowsDestination(node.results[0])
    let sums = contiguousDestination(node.results[1])
    let kernel = attentionKernel(op, form, inputs, out: out.view, adjoints: [])
    finish(kernel, node, reads: inputs, writes: [out, sums])
  }

  mutating func lower(_ op: AttentionGradient, _ node: Node) {
    let form = attentionForm(op.attention, node, isGradient: true)
    var inputs = attentionInputs(op.attention, node, form)
    let count = op.attention.inputCount
    inputs.append(contiguous(node.operands[count]))
    let adjoint = outputAdjoint(node.operands[count + 1], op.attention, form)
    inputs.append(adjoint)
    let results = node.results.map { rowsDestination($0) }
    let kernel = attentionKernel(op.attention, form, inputs, out: adjoint, adjoints: results.map(\.view))
    finish(kernel, node, reads: inputs, writes: results)
  }

  /// The adjoint of the output as the products want it: of a narrow attention in bf16, or rounded to it and widened again;
  /// where pairs are multiplied f32 is rounded as it is packed.
  private mutating func outputAdjoint(_ value: ValueID, _ op: Attention, _ form: AttentionForm) -> View {
    if form.isPaired || !op.narrow { return rows(value) }
    let view = materialize(value)
    return converted(converted(view, to: .bf16), to: .f32)
  }

  private mutating func attentionInputs(_ op: Attention, _ node: Node, _ form: AttentionForm) -> [View] {
    var inputs = (0..<3).map { rows(node.operands[$0], widened: !form.isPaired) }
    for operand in node.operands[3..<op.inputCount] { inputs.append(materialize(operand)) }
    return inputs
  }

  /// How the products of an attention of these shapes are computed.
  private func attentionForm(_ op: Attention, _ node: Node, isGradient: Bool) -> AttentionForm {
    if options.products == .openblas { return AttentionForm(form: .library, isPaired: false) }
    let shapes = node.operands.prefix(3).map { function.type(of: $0).shape.suffix(2) }
    let (q, k, v) = (Array(shapes[0]), Array(shapes[1]), Array(shapes[2]))
    let none = AttentionKernel.Matrix(batch: [], row: 0)
    var kernel = AttentionKernel(
      op: op, isGradient: isGradient, batch: [], m: q[0], n: k[0], d: q[1], e: v[1], q: none, k: none, v: none,
      bias: [], out: none, adjoints: [])
    kernel.form = .tiles
    kernel.mayReadRows = options.tilesReadRows
    kernel.isPaired = op.narrow && options.pairsBF16 && kernel.d % 2 == 0 && kernel.e % 2 == 0
    if !kernel.suitsTiles { return AttentionForm(form: .library, isPaired: false) }
    return AttentionForm(form: .tiles, isPaired: kernel.isPaired)
  }

  private func attentionKernel(_ op: Attention, _ form: AttentionForm, _ inputs: [View], out: View, adjoints: [View])
    -> AttentionKernel
  {
    func matrix(_ view: View) -> AttentionKernel.Matrix {
      .init(
        batch: Array(view.strides.dropLast(2)), row: view.strides[view.strides.count - 2], element: view.element)
    }
    let (q, k, v) = (inputs[0], inputs[1], inputs[2])
    let rank = q.shape.count
    var kernel = AttentionKernel(
      op: op, isGradient: !adjoints.isEmpty, batch: Array(q.shape.dropLast(2)), m: q.shape[rank - 2],
      n: k.shape[rank - 2],
      d: q.shape[rank - 1], e: v.shape[rank - 1], q: matrix(q), k: matrix(k), v: matrix(v),
      bias: op.hasBias ? inputs[3].strides : [], out: matrix(out), adjoints: adjoints.map(matrix))
    (kernel.form, kernel.isPaired, kernel.mayReadRows) = (form.form, form.isPaired, options.tilesReadRows)
    return kernel
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
