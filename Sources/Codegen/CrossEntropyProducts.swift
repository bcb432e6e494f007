import BufferIR
import LLVMKit
import TensorIR

/// The products of a linear cross-entropy.
struct CrossEntropyProducts {
  let base: CrossEntropyEmitter
  private var e: Emitter { base.e }
  private var kernel: CrossEntropyKernel { base.kernel }
  /// Classes whose adjoints a thread adds up before it multiplies them, while they are in its cache.
  private static let blockClasses = 1024
  /// Rows whose sum is added to those before them: a power of two.
  private static let rowsTogether = 4

  init(_ base: CrossEntropyEmitter) { self.base = base }

  /// logits = h·Wᵀ; threads divide the classes.
  func logits() {
    let (input, matrix, logits) = (base.frame.operand(0), base.frame.operand(1), base.frame.operand(2))
    let rows = base.rowCount(after: 3)
    let (start, end) = base.frame.share(of: kernel.classes, grain: ProductEmitter.grain)
    e.ifThen(e.and(e.icmp(.slt, start, end), e.icmp(.sgt, rows, e.i64(0)))) {
      base.frame.gemm(
        .f32, m: rows, n: e.sub(end, start), k: kernel.features,
        GemmMatrix(address: input, leading: kernel.inputRow),
        GemmMatrix(address: base.row(matrix, start, kernel.matrixRow), leading: kernel.matrixRow, isTransposed: true),
        GemmMatrix(address: e.gep(e.f32, logits, start), leading: kernel.pitch))
    }
  }

  /// dW = d logitsᵀ·h and db = Σ d logits; threads divide the classes.
  func matrixAdjoint(givesMatrix: Bool, givesBias: Bool, adds: Bool) {
    let (adjoint, input) = (base.frame.operand(0), base.frame.operand(1))
    let matrix = givesMatrix ? base.frame.operand(2) : nil
    let bias = givesBias ? base.frame.operand(givesMatrix ? 3 : 2) : nil
    let rows = base.rowCount(after: 2 + (givesMatrix ? 1 : 0) + (givesBias ? 1 : 0))
    let (start, end) = base.frame.share(of: kernel.classes, grain: ProductEmitter.grain)
    // Without rows there is nothing to add; but what is not added to becomes zero.
    let bound = adds ? e.select(e.icmp(.sgt, rows, e.i64(0)), end, start) : end
    let block = givesMatrix ? Self.blockClasses : kernel.classes
    e.loop(from: start, to: bound, step: block, unrolling: .never) { first in
      let size = e.smin(e.i64(block), e.sub(end, first))
      let block = base.adjoint(adjoint, first)
      if let bias { addRows(block, rows, into: e.gep(e.f32, bias, first), size, adds: adds) }
      if let matrix {
        base.frame.gemm(
          .f32, m: size, n: e.i64(kernel.features), k: rows,
          GemmMatrix(address: block, leading: kernel.pitch, isTransposed: true),
          GemmMatrix(address: input, leading: kernel.inputRow), beta: e.f32(adds ? 1 : 0),
          GemmMatrix(address: base.row(matrix, first, kernel.adjointRow), leading: kernel.adjointRow))
      }
    }
  }

  /// Adds all rows of a block to one, a few at a time.
  private func addRows(_ block: Value, _ rows: Value, into sums: Value, _ size: Value, adds: Bool) {
    if !adds { e.memzero(sums, bytes: e.mul(size, e.i64(4))) }
    let whole = e.and(size, e.i64(-base.lanes))
    func add(_ index: Value, _ count: Int) {
      let row = (0..<count).map { base.row(block, e.add(index, e.i64($0)), kernel.pitch) }
      func add(_ column: Value, _ mask: Value?) {
        let place = e.gep(e.f32, sums, column)
        var values = row.map { base.load(base.adjoint($0, column), mask, as: kernel.adjointElement) }
        while values.count > 1 {
          values = stride(from: 0, to: values.count, by: 2).map { e.fadd(values[$0], values[$0 + 1]) }
        }
        base.store(e.fadd(base.load(place, mask), values[0]), place, mask)
      }
      e.loop(from: e.i64(0), to: whole, step: base.lanes, unrolling: .times(4 / count)) { add($0, nil) }
      if kernel.classes % base.lanes != 0 {
        e.ifThen(e.icmp(.slt, whole, size)) { add(whole, e.laneMask(e.sub(size, whole), lanes: base.lanes)) }
      }
    }
    let together = e.and(rows, e.i64(-Self.rowsTogether))
    e.loop(from: e.i64(0), to: together, step: Self.rowsTogether, unrolling: .never) { add($0, Self.rowsTogether) }
    e.loop(from: together, to: rows, unrolling: .never) { add($0, 1) }
  }

  /// dh = d logits·W: in parts that threads divide, each over its range of classes; one part is divided by rows.
  func inputAdjoint(parts: Int) {
    let (adjoint, matrix, target) = (base.frame.operand(0), base.frame.operand(1), base.frame.operand(2))
    let rows = base.rowCount(after: 3)
    e.ifThen(e.icmp(.sgt, rows, e.i64(0))) {
      if parts == 1 {
        let (start, end) = base.frame.share(of: rows)
        e.ifThen(e.icmp(.slt, start, end)) {
          base.frame.gemm(
            .f32, m: e.sub(end, start), n: e.i64(kernel.features), k: kernel.classes,
            GemmMatrix(address: base.row(adjoint, start, kernel.pitch), leading: kernel.pitch),
            GemmMatrix(address: matrix, leading: kernel.matrixRow),
            GemmMatrix(address: base.row(target, start, kernel.adjointRow), leading: kernel.adjointRow))
        }
        return
      }
      let (start, end) = base.frame.share(of: parts)
      func bound(_ part: Value) -> Value { e.udiv(e.mul(part, e.i64(kernel.classes)), e.i64(parts)) }
      e.loop(from: start, to: end, unrolling: .never) { part in
        let first = bound(part)
        base.frame.gemm(
          .f32, m: rows, n: e.i64(kernel.features), k: e.sub(bound(e.add(part, e.i64(1))), first),
          GemmMatrix(address: e.gep(e.f32, adjoint, first), leading: kernel.pitch),
          GemmMatrix(address: base.row(matrix, first, kernel.matrixRow), leading: kernel.matrixRow),
          GemmMatrix(
            address: base.row(target, part, kernel.rows * kernel.features), leading: kernel.features))
      }
    }
  }
}
