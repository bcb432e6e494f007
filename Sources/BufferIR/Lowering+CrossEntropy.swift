import Support
import TensorIR

/// Linear cross-entropy in chunks of rows: logits, loss and adjoints of one chunk, then the next.
extension Lowering {
  mutating func lower(_ op: LinearCrossEntropy, _ node: Node) throws(Diagnostic) {
    var chunks = try crossEntropy(op, node, adjoint: nil)
    let argmax = op.givesArgmax ? contiguousDestination(node.results[1]) : nil
    chunks.argmax = argmax?.view
    let loss = contiguousDestination(node.results[0])
    try run(&chunks, op, node, loss: loss.view, input: nil)
    place(node.results[0], loss)
    if let argmax { place(node.results[1], argmax) }
  }

  mutating func lower(_ op: LinearCrossEntropyGradient, _ node: Node) throws(Diagnostic) {
    var chunks = try crossEntropy(op.forward, node, adjoint: node.operands.last!)
    var rest = node.results[...]
    let lossValue = rest.removeFirst()
    let input = op.givesInput ? rest.popFirst() : nil
    let matrix = op.givesMatrix ? rest.popFirst() : nil
    let bias = op.givesBias ? rest.popFirst() : nil
    let (loss, dh) = (contiguousDestination(lossValue), input.map { rowsDestination($0) })
    let (dW, db) = (matrix.map { rowsDestination($0) }, bias.map { contiguousDestination($0) })
    (chunks.matrixAdjoint, chunks.biasAdjoint) = (dW?.view, db?.view)
    try run(&chunks, op.forward, node, loss: loss.view, input: dh?.view)
    place(lossValue, loss)
    for (value, target) in [(input, dh), (matrix, dW), (bias, db)] {
      if let value, let target { place(value, target) }
    }
  }

  /// The operands in memory as the kernels want them.
  private mutating func crossEntropy(_ op: LinearCrossEntropy, _ node: Node, adjoint: ValueID?) throws(Diagnostic)
    -> CrossEntropyChunks
  {
    let x = node.operands
    let type = function.type(of: x[0])
    guard type.element == .f32 || type.element == .bf16 else {
      throw Diagnostic(.usage, "\(node.op.mnemonic) of \(type.element.rawValue) is not available; use f32")
    }
    let isTiled = suitsTiles(op)
    let isPaired = isTiled && multipliesPairs(type, classes: function.type(of: x[1]).shape[0])
    func matrix(_ value: ValueID) -> View {
      // Pairs are rounded as they are packed.
      if isPaired, let wide = narrowed(value) { return rows(wide) }
      let view = rows(value)
      return isTiled ? view : converted(view, to: .f32)
    }
    var chunks = CrossEntropyChunks(
      input: matrix(x[0]), matrix: matrix(x[1]), labels: contiguous(x[2]), bias: op.hasBias ? contiguous(x[3]) : nil,
      weights: op.hasWeights ? materialize(x[op.inputCount - 1]) : nil, adjoint: adjoint.map { materialize($0) })
    chunks.mnemonic = node.op.mnemonic
    chunks.isRounded = op.isNarrow(type)
    if isPaired { chunks.adjointElement = .bf16 }
    return chunks
  }

  private mutating func run(
    _ chunks: inout CrossEntropyChunks, _ op: LinearCrossEntropy, _ node: Node, loss: View, input: View?
  )
    throws(Diagnostic)
  {
    chunks.logits = temporary(TensorType(.f32, [chunks.chunkRows, CrossEntropyKernel.pitch(chunks.classes)]))
    (chunks.loss, chunks.inputAdjoint) = (loss, input)
    if suitsTiles(op) {
      runTiles(chunks)
      return
    }
    chunks.parts = inputParts(chunks)
    guard let weights = chunks.weights else {
      record(chunks.calls(), chunks)
      return
    }
    // The rows that count, side by side; dh takes the place of each chunk's h when nobody reads it any more.
    let rows = chunks.rows
    var inner = chunks
    inner.input = temporary(TensorType(.f32, [rows, chunks.features]))
    inner.labels = temporary(TensorType(chunks.labels.element, [rows]))
    inner.weights = temporary(TensorType(.f32, [rows]))
    inner.adjoint = chunks.adjoint.map { _ in temporary(TensorType(.f32, [rows])) }
    inner.loss = temporary(TensorType(.f32, [rows]))
    inner.inputAdjoint = input.map { _ in inner.input }
    let counts = temporary(TensorType(.i64, [chunks.count]))
    let places = temporary(TensorType(.i32, [rows]))
    inner.counts = counts
    record([chunks.collect(weights, into: inner, places, counts)], chunks)
    record(inner.calls(), chunks)
    record([inner.spread(places, loss: loss, input: input)], chunks)
  }

  /// Room for the parts of dh, each of some classes, that threads add up; nil where nobody needs it.
  mutating func inputParts(_ all: CrossEntropyChunks) -> View? {
    let parts = CrossEntropyKernel.parts(all.classes)
    guard all.inputAdjoint != nil, parts > 1 else { return nil }
    return temporary(TensorType(.f32, [parts, all.chunkRows, all.features]))
  }

  mutating func record(_ calls: [CrossEntropyChunks.Step], _ chunks: CrossEntropyChunks) {
    for step in calls {
      call(
        .crossEntropy(step.kernel), step.operands, [chunks.mnemonic, step.name], flops: step.flops, bytes: step.bytes)
    }
  }

  private mutating func place(_ value: ValueID, _ target: (view: View, wanted: View)) {
    if target.view != target.wanted { copy(target.view, to: target.wanted) }
    places[value.index] = .view(target.wanted)
  }
}
