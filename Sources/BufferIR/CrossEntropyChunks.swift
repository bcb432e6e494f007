import TensorIR

/// The calls that a linear cross-entropy becomes.
struct CrossEntropyChunks {
  var input: View
  var matrix: View
  var labels: View
  var bias: View?
  var weights: View?
  /// The loss's adjoint; after `collect` times the weights.
  var adjoint: View?
  var mnemonic = ""
  /// Whether the adjoints of the logits are rounded to bf16, and the type they are kept in.
  var isRounded = false
  var adjointElement = ElementType.f32
  /// The rows that count of each chunk, i64; nil: all.
  var counts: View?
  /// Scratch that all chunks use: the logits, and the parts of dh.
  var logits: View!
  var parts: View?
  var loss: View!
  var argmax: View?
  var inputAdjoint: View?
  var matrixAdjoint: View?
  var biasAdjoint: View?

  init(input: View, matrix: View, labels: View, bias: View?, weights: View?, adjoint: View?) {
    (self.input, self.matrix, self.labels) = (input, matrix, labels)
    (self.bias, self.weights, self.adjoint) = (bias, weights, adjoint)
  }

  var rows: Int { input.shape[0] }
  var features: Int { input.shape[1] }
  var classes: Int { matrix.shape[0] }
  /// Rows of every chunk but the last: a multiple of two, so that pairs of rows stay together.
  var chunkRows: Int {
    let rows = CrossEntropyKernel.chunkRows(self.rows, classes: classes)
    return rows < self.rows ? (rows + 1) / 2 * 2 : rows
  }
  var count: Int { (rows + chunkRows - 1) / chunkRows }

  /// One call.
  struct Step {
    var kernel: CrossEntropyKernel
    var operands: [Call.Operand]
    var name: String
    var flops = 0.0
    var bytes: Double
  }

  /// The steps of all chunks, one after the other.
  func calls() -> [Step] { chunks.flatMap { $0.steps() } }

  /// The adjoints of a chunk's logits.
  func adjoints(rows: Int) -> View {
    var view = logits!
    view.shape = [rows, classes]
    if adjointElement == .bf16 {
      view.element = .bf16
      view.offset *= 2
      view.strides[0] *= 2
    }
    return view
  }

  var chunks: [Chunk] {
    (0..<count).map { index in
      let start = index * chunkRows
      return Chunk(all: self, index: index, start: start, rows: min(chunkRows, rows - start))
    }
  }

  func kernel(_ step: CrossEntropyKernel.Step, rows: Int, isCounted: Bool, adjointRow: Int = 0) -> CrossEntropyKernel {
    CrossEntropyKernel(
      step: step, rows: rows, isCounted: isCounted, features: features, classes: classes,
      labelElement: labels.element, inputRow: input.strides[0], matrixRow: matrix.strides[0], adjointRow: adjointRow,
      isRounded: isRounded, adjointElement: adjointElement, weightStride: weights?.strides[0] ?? 0,
      adjointStride: adjoint?.strides[0] ?? 0)
  }

  /// Of these operands to the places of `inner`.
  func collect(_ weights: View, into inner: CrossEntropyChunks, _ places: View, _ counts: View) -> Step {
    let reads = [input, labels, weights] + [adjoint].compactMap { $0 }
    let writes = [inner.input, inner.labels, inner.weights!] + [inner.adjoint].compactMap { $0 } + [places, counts]
    let step = CrossEntropyKernel.Step.collect(hasAdjoint: adjoint != nil, chunks: count, chunkRows: chunkRows)
    return Step(
      kernel: kernel(step, rows: rows, isCounted: false), operands: reads.map(\.read) + writes.map(\.written),
      name: "collect", bytes: (reads + writes).reduce(0) { $0 + $1.elementBytes })
  }

  /// From these places to where the results belong.
  func spread(_ places: View, loss: View, input: View?) -> Step {
    let reads = [places, self.loss!] + (input == nil ? [] : [inputAdjoint!])
    let writes = [loss] + [input].compactMap { $0 }
    return Step(
      kernel: kernel(
        .spread(givesInput: input != nil), rows: rows, isCounted: false, adjointRow: input?.strides[0] ?? 0),
      operands: reads.map(\.read) + writes.map(\.written), name: "spread",
      bytes: (reads + writes).reduce(0) { $0 + $1.elementBytes })
  }

  /// The steps of one chunk.
  struct Chunk {
    let all: CrossEntropyChunks
    let index: Int
    let start: Int
    let rows: Int

    private var product: Double { 2 * Double(rows) * Double(all.features) * Double(all.classes) }
    private var logitBytes: Double { 4 * Double(rows) * Double(all.classes) }
    private var adjointBytes: Double { logitBytes / (all.adjointElement == .bf16 ? 2 : 1) }
    private var matrixBytes: Double { 4 * Double(all.features) * Double(all.classes) }

    /// The rows of this chunk in a value of all rows.
    func part(_ view: View) -> View {
      var view = view
      view.offset += start * view.strides[0]
      view.shape[0] = rows
      return view
    }

    private func step(
      _ step: CrossEntropyKernel.Step, _ name: String, _ operands: [Call.Operand], adjointRow: Int = 0,
      flops: Double = 0, bytes: Double
    ) -> Step {
      var operands = operands
      if var counts = all.counts {
        counts.offset += index
        operands.append(counts.read)
      }
      let kernel = all.kernel(step, rows: rows, isCounted: all.counts != nil, adjointRow: adjointRow)
      return Step(kernel: kernel, operands: operands, name: name, flops: flops, bytes: bytes)
    }

    func steps() -> [Step] {
      let (logits, input) = (all.logits!, part(all.input))
      var steps = [
        step(
          .logits, "logits", [input.read, all.matrix.read, logits.written], flops: product,
          bytes: logitBytes + matrixBytes),
        loss(logits),
      ]
      if all.matrixAdjoint != nil || all.biasAdjoint != nil {
        let written = [all.matrixAdjoint, all.biasAdjoint].compactMap { $0 }
        let adds = index > 0
        steps.append(
          step(
            .matrixAdjoint(
              givesMatrix: all.matrixAdjoint != nil, givesBias: all.biasAdjoint != nil, adds: adds),
            "matrix_adjoint", [logits.read, input.read] + written.map { adds ? $0.updated : $0.written },
            adjointRow: all.matrixAdjoint?.strides[0] ?? 0, flops: all.matrixAdjoint == nil ? 0 : product,
            bytes: logitBytes + (adds ? 2 : 1) * matrixBytes))
      }
      if let adjoint = all.inputAdjoint { steps += inputAdjoint(logits, part(adjoint)) }
      return steps
    }

    func loss(_ logits: View) -> Step {
      let isGradient = all.adjoint != nil
      let reads =
        [part(all.labels)] + [all.bias].compactMap { $0 } + [all.weights, all.adjoint].compactMap { $0.map(part) }
      let writes = [part(all.loss)] + [all.argmax].compactMap { $0.map(part) }
      return step(
        .loss(
          hasBias: all.bias != nil, hasWeights: all.weights != nil, hasAdjoint: isGradient,
          givesArgmax: all.argmax != nil), "loss",
        [isGradient ? logits.updated : logits.read] + reads.map(\.read) + writes.map(\.written),
        bytes: logitBytes + (isGradient ? adjointBytes : 0))
    }

    /// db alone.
    func biasAdjoint(_ target: View) -> Step {
      let adds = index > 0
      return step(
        .matrixAdjoint(givesMatrix: false, givesBias: true, adds: adds), "bias_adjoint",
        [all.logits.read, part(all.input).read, adds ? target.updated : target.written], bytes: adjointBytes)
    }

    /// dh, in parts where threads divide the classes.
    func inputAdjoint(_ logits: View, _ adjoint: View) -> [Step] {
      let product = { (parts: Int, target: View, row: Int) in
        step(
          .inputAdjoint(parts: parts), "input_adjoint", [logits.read, all.matrix.read, target.written],
          adjointRow: row, flops: self.product, bytes: logitBytes + matrixBytes)
      }
      guard let parts = all.parts else { return [product(1, adjoint, adjoint.strides[0])] }
      return [
        product(parts.shape[0], parts, all.features),
        step(
          .addParts(parts: parts.shape[0]), "add_parts", [parts.read, adjoint.written],
          adjointRow: adjoint.strides[0], bytes: parts.elementBytes),
      ]
    }
  }
}

extension View {
  fileprivate var byteOffset: Int { offset * element.byteSize }
  fileprivate var elementBytes: Double { shape.reduce(Double(element.byteSize)) { $0 * Double($1) } }
  fileprivate var read: Call.Operand {
    .init(buffer: buffer, byteOffset: byteOffset, isWritten: false, isRead: true)
  }
  fileprivate var written: Call.Operand {
    .init(buffer: buffer, byteOffset: byteOffset, isWritten: true, isRead: false)
  }
  fileprivate var updated: Call.Operand {
    .init(buffer: buffer, byteOffset: byteOffset, isWritten: true, isRead: true)
  }
}
