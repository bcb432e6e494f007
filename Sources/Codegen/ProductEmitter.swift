import BufferIR
import LLVMKit
import Support
import TensorIR

/// Emits a product as calls of OpenBLAS, one thread each: the threads divide the batch if it is long, else the larger of
/// M and N.
struct ProductEmitter {
  let frame: KernelFrame
  let product: ProductKernel
  var e: Emitter { frame.emitter }

  /// Batches of at least this many products are divided by product.
  static let longBatch = 16
  /// Rows or columns go to threads in multiples of this: a register tile of OpenBLAS.
  static let grain = 16
  /// Rows between two runs of an epilogue. OpenBLAS packs all of B for each: fewer would slow the product.
  static let blockRows = 512

  /// The product in the form that has a row-major result: `C = A·B` itself, or `Cᵀ = Bᵀ·Aᵀ`.
  private let swapped: Bool

  /// The kernel's streams are numbered (`KernelFamily`).
  init(_ module: ModuleBuilder, _ product: ProductKernel, name: String, streams: Int) throws(Diagnostic) {
    guard product.element == .f32 || product.element == .f64 else {
      throw Diagnostic(.usage, "products of \(product.element.rawValue) are not available in this version; use f32")
    }
    frame = KernelFrame(module, name: name, streams: streams)
    self.product = product
    swapped = !(product.c.column == 1)
  }

  private struct Operand {
    var batch: [Int]
    /// Strides along the rows and the columns.
    var row: Int
    var column: Int
    var address: Value
    var isTransposed: Bool { column != 1 }
    var leading: Int { isTransposed ? column : row }
  }

  func emit() throws(Diagnostic) {
    func operand(_ matrix: ProductKernel.Matrix, _ index: Int) -> Operand {
      let address = frame.operand(index)
      return swapped
        ? Operand(batch: matrix.batch, row: matrix.column, column: matrix.row, address: address)
        : Operand(batch: matrix.batch, row: matrix.row, column: matrix.column, address: address)
    }
    let (first, second) = swapped ? (product.b, product.a) : (product.a, product.b)
    let a = operand(first, swapped ? 1 : 0)
    let b = operand(second, swapped ? 0 : 1)
    let c = operand(product.c, 2)
    let (m, n) = swapped ? (product.n, product.m) : (product.m, product.n)
    let count = product.batch.reduce(1, *)
    if let epilogue = product.epilogue {
      try emitRows(a, b, c, epilogue)
    } else if count >= Self.longBatch {
      let (start, end) = frame.share(of: count)
      e.loop(from: start, to: end, unrolling: .never) { index in
        call(shifted(a, index), shifted(b, index), shifted(c, index), e.i64(m), e.i64(n))
      }
    } else {
      emitDivided(a, b, c, m, n, count)
    }
    e.ret()
  }

  private func emitDivided(_ a: Operand, _ b: Operand, _ c: Operand, _ m: Int, _ n: Int, _ count: Int) {
    let byRows = m >= n
    let (start, end) = frame.share(of: byRows ? m : n, grain: Self.grain)
    e.ifThen(e.icmp(.slt, start, end)) {
      let size = e.sub(end, start)
      e.loop(from: e.i64(0), to: e.i64(count), unrolling: .never) { index in
        let a = shifted(a, index)
        let b = shifted(b, index)
        let c = shifted(c, index)
        if byRows {
          call(moved(a, start, a.row), b, moved(c, start, c.row), size, e.i64(n))
        } else {
          call(a, moved(b, start, b.column), moved(c, start, c.column), e.i64(m), size)
        }
      }
    }
  }

  /// Blocks of rows, each followed by the epilogue on the same rows.
  private func emitRows(_ a: Operand, _ b: Operand, _ c: Operand, _ epilogue: ProductEpilogue) throws(Diagnostic) {
    let loop = LoopEmitter(frame, epilogue.loop)
    let body = loop.body((0..<loop.operandCount).map { frame.operand(2 + $0) })
    let items = e.i64(epilogue.itemsPerRow(product.m) * body.blocks)
    let together = epilogue.rowGrain(product.m)
    let (start, end) = frame.share(of: product.m, grain: together == 1 ? Self.grain : together)
    // The thread's rows in blocks of equal length.
    let rows = e.sub(end, start)
    let blocks = e.udiv(e.add(rows, e.i64(Self.blockRows - 1)), e.i64(Self.blockRows))
    try e.loop(from: e.i64(0), to: blocks, unrolling: .never) { index throws(Diagnostic) in
      func bound(_ index: Value) -> Value { e.add(start, e.udiv(e.mul(index, rows), blocks)) }
      let (from, to) = (bound(index), bound(e.add(index, e.i64(1))))
      call(moved(a, from, a.row), b, moved(c, from, c.row), e.sub(to, from), e.i64(product.n))
      try body.emit(e.mul(from, items), e.mul(to, items))
    }
  }

  private func shifted(_ operand: Operand, _ index: Value) -> Operand {
    let offset = frame.dot(frame.coordinates(index, product.batch), operand.batch)
    return moved(operand, offset, 1)
  }

  private func moved(_ operand: Operand, _ count: Value, _ stride: Int) -> Operand {
    var result = operand
    let offset = stride == 1 ? count : e.mul(count, e.i64(stride))
    result.address = e.gep(frame.memoryType(product.element), operand.address, offset)
    return result
  }

  private func call(_ a: Operand, _ b: Operand, _ c: Operand, _ m: Value, _ n: Value) {
    func matrix(_ operand: Operand) -> GemmMatrix {
      GemmMatrix(address: operand.address, leading: operand.leading, isTransposed: operand.isTransposed)
    }
    frame.gemm(product.element, m: m, n: n, k: product.k, matrix(a), matrix(b), matrix(c))
  }
}
