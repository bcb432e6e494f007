import BufferIR
import LLVMKit
import Support
import TensorIR

/// Emits fused attention: threads divide the heads (and, forward, the tiles of rows); the scores of a tile stay in scratch.
struct AttentionEmitter {
  let frame: KernelFrame
  let kernel: AttentionKernel
  let products: HeadProducts
  /// Where dropout's bits of a row are kept, with registers as wide as it draws them for.
  private let bits: KeptBits?
  var e: Emitter { frame.emitter }
  /// Probabilities are rounded where products are of bf16.
  var math: VectorMath { VectorMath(e, isRough: kernel.op.narrow) }
  var lanes: Int { frame.lanes }

  /// `tiles`: notes the tiles it calls. The kernel's streams are numbered (`KernelFamily`).
  init(
    _ module: ModuleBuilder, tiles: TileLibrary, _ kernel: AttentionKernel, name: String
  ) throws(Diagnostic) {
    guard module.target.floatLanes <= 16 else {
      throw Diagnostic(.compilerBug, "attention's scratch rows are padded to 16")
    }
    frame = KernelFrame(module, name: name, streams: kernel.op.dropout == nil ? 0 : 1)
    self.kernel = kernel
    products = HeadProducts(frame, tiles: tiles, kernel)
    bits = kernel.op.dropout != nil && frame.lanes == 16 ? KeptBits(frame.emitter, count: kernel.n) : nil
  }

  /// The operands' addresses for one head.
  struct Head {
    var number: Value
    var q: Value
    var k: Value
    var v: Value
    var bias: Value?
    var seed: Value?
    var out: Value
    var sums: Value
    var adjoints: [Value]
  }

  /// A tile of rows of one head.
  struct Tile {
    var first: Value
    var rows: Value
  }

  func emit() {
    let heads = kernel.batch.reduce(1, *)
    let perItem = kernel.isGradient ? 1 : kernel.tiles
    let pointers = (0..<operandCount).map { frame.operand($0) }
    let seed = kernel.op.dropout.map { _ in e.load(e.i64, pointers[kernel.op.inputCount - 1]) }
    SharedPart.each(frame) { (owner, shared) in
      let (start, end) = frame.share(of: heads * perItem, thread: owner)
      shared.run(start, end) { item in
        let number = perItem == 1 ? item : e.udiv(item, e.i64(perItem))
        let head = head(number, pointers, seed)
        if kernel.isGradient {
          e.loop(from: e.i64(0), to: e.i64(kernel.tiles), unrolling: .never) { index in
            AttentionBackward(self).emit(head, tile(index), isFirst: e.icmp(.eq, index, e.i64(0)))
          }
        } else {
          AttentionForward(self).emit(head, tile(perItem == 1 ? e.i64(0) : e.urem(item, e.i64(perItem))))
        }
      }
    }
    e.ret()
  }

  private var operandCount: Int { kernel.op.inputCount + (kernel.isGradient ? 5 : 2) }

  private func tile(_ index: Value) -> Tile {
    let first = e.mul(index, e.i64(kernel.tileRows))
    return Tile(first: first, rows: e.smin(e.i64(kernel.tileRows), e.sub(e.i64(kernel.m), first)))
  }

  private func head(_ number: Value, _ pointers: [Value], _ seed: Value?) -> Head {
    let coordinates = frame.coordinates(number, kernel.batch)
    func address(_ operand: Int, _ strides: [Int], _ element: ElementType = .f32) -> Value {
      e.gep(memory(element), pointers[operand], frame.dot(coordinates, strides))
    }
    func address(_ operand: Int, _ matrix: AttentionKernel.Matrix) -> Value {
      address(operand, matrix.batch, matrix.element)
    }
    let inputs = kernel.op.inputCount
    let (out, sums) = kernel.isGradient ? (inputs + 1, inputs) : (inputs, inputs + 1)
    return Head(
      number: number, q: address(0, kernel.q), k: address(1, kernel.k), v: address(2, kernel.v),
      bias: kernel.op.hasBias ? address(3, Array(kernel.bias.dropLast(2))) : nil, seed: seed,
      out: address(out, kernel.out), sums: e.gep(e.f32, pointers[sums], e.mul(number, e.i64(kernel.m))),
      adjoints: kernel.adjoints.enumerated().map { address(inputs + 2 + $0, $1) })
  }

  /// Elements as they stand in memory; bf16 is moved as integers.
  private func memory(_ element: ElementType) -> Type { element == .bf16 ? e.i16 : e.f32 }

  /// A head's matrix from a row on.
  func matrix(
    _ base: Value, _ matrix: AttentionKernel.Matrix, from row: Value? = nil, isTransposed: Bool = false
  ) -> GemmMatrix {
    let address = row.map { e.gep(memory(matrix.element), base, e.mul($0, e.i64(matrix.row))) } ?? base
    return GemmMatrix(
      address: address, leading: matrix.row, isTransposed: isTransposed, element: matrix.element)
  }

  /// The address of a row of a matrix.
  func row(_ base: Value, _ index: Value, _ stride: Int) -> Value { e.gep(e.f32, base, e.mul(index, e.i64(stride))) }

  /// scores = q·kᵀ for a tile, into scratch.
  func emitScores(_ head: Head, _ tile: Tile, into scores: Value) {
    products.emit(
      m: tile.rows, n: kernel.n, k: e.i64(kernel.d),
      matrix(head.q, kernel.q, from: tile.first), matrix(head.k, kernel.k, isTransposed: true),
      GemmMatrix(address: scores, leading: kernel.pitch))
  }

  /// Rows of scratch as a factor of the products that follow: in place, and in bf16 where pairs of it are multiplied.
  func factor(_ scores: Value) -> GemmMatrix {
    kernel.isPaired
      ? GemmMatrix(address: scores, leading: 2 * kernel.pitch, element: .bf16)
      : GemmMatrix(address: scores, leading: kernel.pitch)
  }

  /// Writes some columns of a factor's row, rounded if products are of bf16: those of f32 on their place and before it have
  /// been read.
  func storeFactor(_ value: Value, _ row: Value, _ column: Value) {
    if kernel.isPaired {
      e.store(e.narrowToBF16(value), e.gep(e.bf16, row, column))
    } else {
      e.store(kernel.op.narrow ? e.roundToBF16(value) : value, e.gep(e.f32, row, column))
    }
  }

  /// Puts zeros into the row behind a tile's last: pairs of rows may reach into it.
  func clearRow(after tile: Tile, of scores: Value) {
    if kernel.isPaired { e.memzero(row(scores, tile.rows, kernel.pitch), bytes: e.i64(4 * kernel.pitch)) }
  }

  /// Walks one row of scratch in vectors, carrying values; the last vector may have lanes beyond the row, shown by its mask.
  func columns(_ initial: [Value], _ body: (Value, Value?, [Value]) -> [Value]) -> [Value] {
    let whole = kernel.n / lanes * lanes
    var carried = initial
    if whole > 0 {
      carried = e.loop(from: e.i64(0), to: e.i64(whole), step: lanes, initial: carried, unrolling: .times(2)) {
        (j: Value, values: [Value]) in body(j, nil, values)
      }
    }
    if whole < kernel.n { carried = body(e.i64(whole), e.laneMask(e.i64(kernel.n - whole), lanes: lanes), carried) }
    return carried
  }

  /// The bias of a vector of columns in a row (`index` counts rows of the head).
  func bias(_ head: Head, _ index: Value, _ column: Value, _ mask: Value?) -> Value? {
    guard let base = head.bias else { return nil }
    let (rowStride, columnStride) = (kernel.bias[kernel.bias.count - 2], kernel.bias[kernel.bias.count - 1])
    let start = row(base, index, rowStride)
    let type = e.f32.vector(lanes)
    if columnStride == 0 { return e.splat(e.load(e.f32, start), lanes) }
    let address = e.gep(e.f32, start, e.mul(column, e.i64(columnStride)))
    if columnStride == 1 { return mask.map { e.maskedLoad(type, address, mask: $0) } ?? e.load(type, address) }
    let offsets = e.mul(e.iota(e.i64, lanes), e.splat(e.i64(columnStride), lanes))
    let all = e.module.constantVector(Array(repeating: e.bool(true), count: lanes))
    return e.gather(type, e.gep(e.f32, address, offsets), mask: mask ?? all)
  }

  /// Which of a vector of probabilities dropout keeps; nil without dropout.
  func kept(_ head: Head, _ philox: PhiloxEmitter?, _ index: Value, _ column: Value) -> Value? {
    guard let philox, let dropout = kernel.op.dropout else { return nil }
    let start = firstElement(head, index)
    guard let bits else { return philox.keep(base: e.add(start, column), lanes: lanes, threshold: dropout.threshold) }
    return bits.load(e.add(e.and(start, e.i64(DropoutBatch.size - 1)), column))
  }

  /// Draws dropout's bits for a row, before its columns are walked.
  func drawBits(_ head: Head, _ philox: PhiloxEmitter?, _ index: Value) {
    guard let philox, let bits, let dropout = kernel.op.dropout else { return }
    bits.draw(philox, from: firstElement(head, index), count: kernel.n, threshold: dropout.threshold)
  }

  /// The number, among all probabilities, of the first in a row.
  private func firstElement(_ head: Head, _ index: Value) -> Value {
    e.mul(e.add(e.mul(head.number, e.i64(kernel.m)), index), e.i64(kernel.n))
  }

  func philox(_ head: Head) -> PhiloxEmitter? {
    guard let dropout = kernel.op.dropout, let seed = head.seed else { return nil }
    return PhiloxEmitter(e, seed: seed, stream: frame.stream(dropout.stream))
  }

  /// A vector of a row of scratch with zeros where the row has ended.
  func ended(_ value: Value, _ mask: Value?) -> Value { mask.map { e.select($0, value, vector(0)) } ?? value }

  func vector(_ value: Double) -> Value { e.constant(e.f32.vector(lanes), value) }
}
