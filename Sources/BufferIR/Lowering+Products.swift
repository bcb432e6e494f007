import Support
import TensorIR

/// Matrix products, scatters and sorts.
extension Lowering {
  mutating func lower(_ op: Matmul, _ node: Node) throws(Diagnostic) {
    let type = function.type(of: node.result)
    let rank = type.rank
    let element = type.element == .bf16 ? .f32 : type.element
    let given = function.type(of: node.operands[0])
    let k = given.shape[rank - (op.transposeA ? 2 : 1)]
    let form = ProductForm.chosen(
      options.products, element, m: type.shape[rank - 2], n: type.shape[rank - 1], k: k, isGradient: op.transposeA,
      isPaired: pairs(given.element, k))
    let isPaired = form == .tiles && pairs(given.element, k)
    func source(_ value: ValueID) -> View {
      // Pairs are rounded as they are packed.
      if isPaired, let wide = narrowed(value) { return materialize(wide) }
      return converted(materialize(value), to: form == .tiles ? given.element : element)
    }
    let a = productOperand(source(node.operands[0]), transposed: op.transposeA)
    let b = productOperand(source(node.operands[1]), transposed: op.transposeB)
    var c = destination(node.result)
    let wanted = c
    if element != type.element || !isMatrix(c) { c = temporary(type.with(element)) }
    var kernel = ProductKernel(
      element: element, operand: a.element, isPaired: isPaired, batch: Array(type.shape.dropLast(2)),
      m: type.shape[rank - 2], n: type.shape[rank - 1], k: a.shape[rank - 1], a: matrix(a), b: matrix(b), c: matrix(c))
    var operands = [read(a), read(b), written(c)]
    if form == .tiles { operands = tiles(&kernel, operands, b: b.element) }
    let bytes = [a, b, c].reduce(0.0) { $0 + $1.shape.reduce(Double($1.element.byteSize)) { $0 * Double($1) } }
    call(
      .product(kernel), operands, ["matmul"], flops: kernel.flops, bytes: bytes)
    if c != wanted { convert(c, to: wanted) }
    places[node.result.index] = .view(wanted)
  }

  /// Whether tiles multiply pairs of bf16 along K.
  private func pairs(_ element: ElementType, _ k: Int) -> Bool {
    element == .bf16 && options.pairsBF16 && k % 2 == 0
  }

  /// What a value rounds to bf16, if it is computed where it is read.
  func narrowed(_ value: ValueID) -> ValueID? {
    guard inlined[value.index], let definition = definitions[value.index],
      case .convert = function.nodes[definition].op
    else { return nil }
    return function.nodes[definition].operands[0]
  }

  /// The operand as rows × columns with a unit stride, copied if its strides do not allow that.
  private mutating func productOperand(_ view: View, transposed: Bool) -> View {
    let axes = Array(view.shape.indices)
    let view = transposed ? view.transposed(axes.dropLast(2) + [axes.count - 1, axes.count - 2]) : view
    if isMatrix(view) { return view }
    let contiguous = temporary(TensorType(view.element, view.shape))
    copy(view, to: contiguous)
    return contiguous
  }

  /// Whether BLAS can address it: one of the last two strides is 1 and the other spans it.
  private func isMatrix(_ view: View) -> Bool {
    let rank = view.shape.count
    let (rows, columns) = (view.shape[rank - 2], view.shape[rank - 1])
    let (row, column) = (view.strides[rank - 2], view.strides[rank - 1])
    return (columns == 1 || column == 1) && (rows == 1 || row >= columns)
      || (rows == 1 || row == 1) && (columns == 1 || column >= rows)
  }

  private func matrix(_ view: View) -> ProductKernel.Matrix {
    let rank = view.shape.count
    let (rows, columns) = (view.shape[rank - 2], view.shape[rank - 1])
    var (row, column) = (view.strides[rank - 2], view.strides[rank - 1])
    // A stride along an axis of size 1 is free: make it one that BLAS accepts.
    if columns == 1 && rows == 1 {
      (row, column) = (1, 1)
    } else if columns == 1 {
      if row == 1 { column = rows } else { column = 1 }
    } else if rows == 1 {
      if column == 1 { row = columns } else { row = 1 }
    }
    return .init(batch: Array(view.strides.dropLast(2)), row: row, column: column)
  }

  func read(_ view: View) -> Call.Operand {
    .init(buffer: view.buffer, byteOffset: view.offset * view.element.byteSize, isWritten: false, isRead: true)
  }

  func written(_ view: View) -> Call.Operand {
    .init(buffer: view.buffer, byteOffset: view.offset * view.element.byteSize, isWritten: true, isRead: false)
  }

  /// The value in memory, row-major.
  mutating func contiguous(_ value: ValueID) -> View {
    let view = materialize(value)
    if view.isContiguous { return view }
    let result = temporary(function.type(of: value))
    copy(view, to: result)
    return result
  }

  /// Memory for a result that must be row-major, and where it is wanted if that is elsewhere.
  mutating func contiguousDestination(_ value: ValueID) -> (view: View, wanted: View) {
    let wanted = destination(value)
    return (wanted.isContiguous ? wanted : temporary(function.type(of: value)), wanted)
  }

  mutating func lower(_ op: ScatterAdd, _ node: Node) {
    let updates = contiguous(node.operands[0])
    let indices = contiguous(node.operands[1])
    let (result, wanted) = contiguousDestination(node.result)
    let batch = op.shape.prefix(op.batchDims).reduce(1, *)
    let kernel = ScatterKernel(
      element: updates.element, indexElement: indices.element, batch: batch,
      rows: indices.shape.reduce(1, *) / batch, width: op.shape.dropFirst(op.batchDims + 1).reduce(1, *),
      limit: op.shape[op.batchDims])
    let bytes = Double(updates.shape.reduce(4, *)) * 3 + Double(op.shape.reduce(4, *))
    call(.scatter(kernel), [read(updates), read(indices), written(result)], ["scatter_add"], flops: 0, bytes: bytes)
    if result != wanted { copy(result, to: wanted) }
    places[node.result.index] = .view(wanted)
  }

  mutating func lowerArgsort(_ node: Node) {
    let keys = contiguous(node.operands[0])
    let (result, wanted) = contiguousDestination(node.result)
    let length = keys.shape.last!
    let kernel = SortKernel(element: keys.element, rows: keys.shape.reduce(1, *) / length, length: length)
    call(.sort(kernel), [read(keys), written(result)], ["argsort"], flops: 0, bytes: Double(keys.shape.reduce(8, *)))
    if result != wanted { copy(result, to: wanted) }
    places[node.result.index] = .view(wanted)
  }

  mutating func lowerArgmax(_ node: Node) {
    let values = contiguous(node.operands[0])
    let (result, wanted) = contiguousDestination(node.result)
    let length = values.shape.last!
    let kernel = ArgmaxKernel(element: values.element, rows: values.shape.reduce(1, *) / length, length: length)
    call(
      .argmax(kernel), [read(values), written(result)], ["argmax"], flops: 0, bytes: Double(values.shape.reduce(4, *)))
    if result != wanted { copy(result, to: wanted) }
    places[node.result.index] = .view(wanted)
  }
}
