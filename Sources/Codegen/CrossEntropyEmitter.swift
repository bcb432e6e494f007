import BufferIR
import LLVMKit
import TensorIR

/// Emits one step of a linear cross-entropy; threads divide its rows, or its classes where they share the rows.
struct CrossEntropyEmitter {
  let frame: KernelFrame
  let kernel: CrossEntropyKernel
  var e: Emitter { frame.emitter }
  var lanes: Int { frame.lanes }

  init(_ module: ModuleBuilder, _ kernel: CrossEntropyKernel, name: String) {
    frame = KernelFrame(module, name: name)
    self.kernel = kernel
  }

  func emit() {
    switch kernel.step {
    case .collect(let hasAdjoint, let chunks, let chunkRows):
      CrossEntropyRows(self).collect(hasAdjoint: hasAdjoint, chunks: chunks, chunkRows: chunkRows)
    case .logits: CrossEntropyProducts(self).logits()
    case .loss(let hasBias, let hasWeights, let hasAdjoint, let givesArgmax):
      CrossEntropyLoss(
        self, hasBias: hasBias, hasWeights: hasWeights, hasAdjoint: hasAdjoint, givesArgmax: givesArgmax
      ).emit()
    case .matrixAdjoint(let givesMatrix, let givesBias, let adds):
      CrossEntropyProducts(self).matrixAdjoint(givesMatrix: givesMatrix, givesBias: givesBias, adds: adds)
    case .inputAdjoint(let parts): CrossEntropyProducts(self).inputAdjoint(parts: parts)
    case .addParts(let parts): CrossEntropyRows(self).addParts(parts)
    case .spread(let givesInput): CrossEntropyRows(self).spread(givesInput: givesInput)
    }
    e.ret()
  }

  /// How many rows the chunk has: as given, or read from operand number `operands`, which comes after the others.
  func rowCount(after operands: Int) -> Value {
    kernel.isCounted ? e.load(e.i64, frame.operand(operands)) : e.i64(kernel.rows)
  }

  /// Walks `count` elements in vectors; a last one that is not whole is shown by its mask.
  func columns(_ count: Int, _ body: (Value, Value?) -> Void) {
    let whole = count / lanes * lanes
    if whole > 0 { e.loop(from: 0, to: whole, step: lanes) { body($0, nil) } }
    if whole < count { body(e.i64(whole), e.laneMask(e.i64(count - whole), lanes: lanes)) }
  }

  func load(_ address: Value, _ mask: Value?, as element: ElementType = .f32) -> Value {
    let type = frame.memoryType(element).vector(lanes)
    return frame.toRegister(mask.map { e.maskedLoad(type, address, mask: $0) } ?? e.load(type, address), element)
  }

  func store(_ value: Value, _ address: Value, _ mask: Value?, as element: ElementType = .f32) {
    let value = frame.toMemory(value, element)
    if let mask { e.maskedStore(value, address, mask: mask) } else { e.store(value, address) }
  }

  /// Where the adjoint of a logit stands in its row.
  func adjoint(_ row: Value, _ column: Value) -> Value {
    e.gep(frame.memoryType(kernel.adjointElement), row, column)
  }

  func row(_ base: Value, _ index: Value, _ stride: Int) -> Value { e.gep(e.f32, base, e.mul(index, e.i64(stride))) }

  func vector(_ value: Double) -> Value { e.constant(e.f32.vector(lanes), value) }
}
