import Support
import TensorIR

/// One lowering per operation.
extension Lowering {
  mutating func lower(_ node: Node) throws(Diagnostic) {
    if inlined[node.result.index] { return }
    switch node.op {
    case .constant(let op): places[node.result.index] = lower(op)
    case .iota(let op): places[node.result.index] = .iota(axis: op.axis)
    case .unary, .binary, .compare, .select, .convert, .dropout: lowerElementwise(node)
    case .stopGradient: places[node.result.index] = places[node.operands[0].index]
    case .gather:
      for operand in node.operands { _ = materialize(operand) }
      lowerElementwise(node)
    case .transpose(let op): lowerView(node) { $0.transposed(op.permutation) }
    case .slice(let op): lowerView(node) { $0.sliced(op) }
    case .broadcast(let op): lowerView(node) { $0.broadcast(op) }
    case .reshape(let op): lowerView(node) { $0.reshaped(to: op.shape) }
    case .concat(let op): lower(op, node)
    case .pad(let op): lower(op, node)
    case .reduce(let op): lower(op, node)
    case .softmax: lowerSoftmax(node)
    case .logSumExp: lowerLogSumExp(node)
    case .matmul(let op): try lower(op, node)
    case .scatterAdd(let op): lower(op, node)
    case .argsort: lowerArgsort(node)
    case .argmax: lowerArgmax(node)
    case .attention(let op): lower(op, node)
    case .attentionGradient(let op): lower(op, node)
    case .layerNorm, .layerNormGradient:
      throw Diagnostic(.compilerBug, "\(node.op.mnemonic) is lowered before it is expanded")
    case .linearCrossEntropy(let op): try lower(op, node)
    case .linearCrossEntropyGradient(let op): try lower(op, node)
    }
  }

  private mutating func lower(_ op: Constant) -> Place {
    switch op.value {
    case .splat(let value): return .splat(value)
    case .dense(let list):
      while program.constants.count % ArenaPlan.alignment != 0 { program.constants.append(0) }
      let start = program.constants.count
      for value in list { appendBytes(of: value, op.type.element) }
      return .view(View(newBuffer(op.type, .constant(start), "constant"), op.type))
    }
  }

  private mutating func appendBytes(of value: Double, _ element: ElementType) {
    func append(_ bits: some FixedWidthInteger) {
      withUnsafeBytes(of: bits.littleEndian) { program.constants.append(contentsOf: $0) }
    }
    switch element {
    case .f32: append(Float(value).bitPattern)
    case .f64: append(value.bitPattern)
    case .bf16:
      let bits = Float(value).bitPattern
      append(UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16))
    case .i32: append(Int32(value))
    case .i64: append(Int64(value))
    case .bool: append(UInt8(value == 0 ? 0 : 1))
    }
  }

  /// One loop that computes the node, and what is inlined into it, at each element of its result.
  private mutating func lowerElementwise(_ node: Node) {
    let value = node.result
    func build() -> (LoopBuilder, View) {
      let view = destination(value)
      var builder = LoopBuilder(domain: function.type(of: value).shape)
      places[value.index] = .inlined
      let result = emit(value, builder.identity, into: &builder)
      places[value.index] = .view(view)
      builder.store(result, to: view, builder.identity)
      return (builder, view)
    }
    var (builder, view) = build()
    if updatesTooEarly(builder.finish(reducing: []), builder.operands).contains(view.buffer) {
      outputOf[value.index] = nil
      destinations[value.index] = nil
      (builder, view) = build()
    }
    call(builder, reducing: [])
  }

  /// A view of the operand if strides can express it, else a copy.
  private mutating func lowerView(_ node: Node, _ transform: (View) -> View?) {
    let operand = node.operands[0]
    switch places[operand.index] {
    case .splat(let value)?: places[node.result.index] = .splat(value)
    case .view(let view)?:
      if let result = transform(view) {
        places[node.result.index] = .view(result)
      } else {
        places[node.result.index] = .view(copyReshaped(node, view))
      }
    case .iota?:
      if let result = transform(materialize(operand)) { places[node.result.index] = .view(result) }
    case .inlined?, nil: preconditionFailure("a view of what has no memory")
    }
  }

  /// A row-major copy of the operand, read as the reshape's result.
  private mutating func copyReshaped(_ node: Node, _ view: View) -> View {
    let result = destination(node.result)
    let shape = function.type(of: node.operands[0]).shape
    // Where the destination cannot be written in the operand's shape the copy gets memory of its own.
    let target = result.reshaped(to: shape) ?? temporary(function.type(of: node.operands[0]))
    copy(view, to: target)
    return target.reshaped(to: function.type(of: node.result).shape)!
  }

  mutating func copy(_ source: View, to target: View) {
    var builder = LoopBuilder(domain: source.shape)
    builder.mnemonics = ["copy"]
    let value = builder.load(source, builder.identity)
    builder.store(value, to: target, builder.identity)
    call(builder, reducing: [])
  }

  /// The value in memory: a splat or index is written out once, when something needs it there.
  mutating func materialize(_ value: ValueID) -> View {
    if case .view(let view)? = places[value.index] { return view }
    let type = function.type(of: value)
    let view = destinations[value.index] ?? temporary(type)
    var builder = LoopBuilder(domain: type.shape)
    builder.mnemonics = ["fill"]
    let result = emit(value, builder.identity, into: &builder)
    builder.store(result, to: view, builder.identity)
    call(builder, reducing: [])
    places[value.index] = .view(view)
    return view
  }

  private mutating func lower(_ op: Concat, _ node: Node) {
    let result = destination(node.result)
    places[node.result.index] = .view(result)
    var start = 0
    for operand in node.operands {
      let type = function.type(of: operand)
      var part = result
      part.offset += start * result.strides[op.axis]
      part.shape = type.shape
      start += type.shape[op.axis]
      if case .view(let view)? = places[operand.index], view == part { continue }
      var builder = LoopBuilder(domain: type.shape)
      builder.mnemonics = ["concat"]
      let value = emit(operand, builder.identity, into: &builder)
      builder.store(value, to: part, builder.identity)
      call(builder, reducing: [])
    }
  }

  private mutating func lower(_ op: Pad, _ node: Node) {
    let result = destination(node.result)
    places[node.result.index] = .view(result)
    let type = function.type(of: node.result)
    var zeros = LoopBuilder(domain: type.shape)
    zeros.mnemonics = ["pad"]
    let zero = zeros.add(.constant(0, type.element))
    zeros.store(zero, to: result, zeros.identity)
    call(zeros, reducing: [])
    let operand = function.type(of: node.operands[0])
    let box = Slice(
      start: op.low,
      limit: operand.shape.indices.map { op.low[$0] + (operand.shape[$0] - 1) * (op.interior[$0] + 1) + 1 },
      step: op.interior.map { $0 + 1 })
    var builder = LoopBuilder(domain: operand.shape)
    builder.mnemonics = ["pad"]
    let value = emit(node.operands[0], builder.identity, into: &builder)
    builder.store(value, to: result.sliced(box), builder.identity)
    call(builder, reducing: [])
  }
}
