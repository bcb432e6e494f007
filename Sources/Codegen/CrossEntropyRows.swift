import BufferIR
import LLVMKit
import TensorIR

/// What moves rows of a linear cross-entropy: those that count to the front, their results back.
struct CrossEntropyRows {
  let base: CrossEntropyEmitter
  private var e: Emitter { base.e }
  private var kernel: CrossEntropyKernel { base.kernel }

  init(_ base: CrossEntropyEmitter) { self.base = base }

  /// Every thread counts all rows and copies its share of them.
  func collect(hasAdjoint: Bool, chunks: Int, chunkRows: Int) {
    let inputs = hasAdjoint ? 4 : 3
    let source = (0..<inputs).map { base.frame.operand($0) }
    let target = (0..<(inputs + 2)).map { base.frame.operand(inputs + $0) }
    let (places, counts) = (target[inputs], target[inputs + 1])
    let (start, end) = base.frame.share(of: kernel.rows)
    let label = base.frame.memoryType(kernel.labelElement)
    let total = e.loop(from: e.i64(0), to: e.i64(kernel.rows), initial: [e.i64(0)], unrolling: .never) {
      (row: Value, carried: [Value]) in
      let place = carried[0]
      let weight = e.load(e.f32, base.row(source[2], row, kernel.weightStride))
      let isCounted = e.fcmp(.une, weight, e.f32(0))
      let isOwn = e.and(e.icmp(.sge, row, start), e.icmp(.slt, row, end))
      e.ifThen(isOwn) {
        let noted = e.select(isCounted, place, e.i64(kernel.rows))
        e.store(e.trunc(noted, to: e.i32), e.gep(e.i32, places, row))
      }
      e.ifThen(e.and(isCounted, isOwn)) {
        copy(base.row(source[0], row, kernel.inputRow), to: base.row(target[0], place, kernel.features))
        e.store(e.load(label, e.gep(label, source[1], row)), e.gep(label, target[1], place))
        e.store(weight, e.gep(e.f32, target[2], place))
        if hasAdjoint {
          let adjoint = e.load(e.f32, base.row(source[3], row, kernel.adjointStride))
          e.store(e.fmul(adjoint, weight), e.gep(e.f32, target[3], place))
        }
      }
      return [e.add(place, e.zext(isCounted, to: e.i64))]
    }[0]
    e.ifThen(e.icmp(.eq, e.function.parameter(1), e.i32(0))) {
      e.loop(from: 0, to: chunks, unrolling: .never) { chunk in
        let rest = e.sub(total, e.mul(chunk, e.i64(chunkRows)))
        e.store(e.smax(e.i64(0), e.smin(rest, e.i64(chunkRows))), e.gep(e.i64, counts, chunk))
      }
    }
  }

  /// Rows without a place get zeros.
  func spread(givesInput: Bool) {
    let inputs = givesInput ? 3 : 2
    let source = (0..<inputs).map { base.frame.operand($0) }
    let target = (0..<(inputs - 1)).map { base.frame.operand(inputs + $0) }
    let (start, end) = base.frame.share(of: kernel.rows)
    e.loop(from: start, to: end, unrolling: .never) { row in
      let place = e.zext(e.load(e.i32, e.gep(e.i32, source[0], row)), to: e.i64)
      e.ifElse(
        e.icmp(.ult, place, e.i64(kernel.rows)),
        then: {
          e.store(e.load(e.f32, e.gep(e.f32, source[1], place)), e.gep(e.f32, target[0], row))
          if givesInput {
            copy(base.row(source[2], place, kernel.features), to: base.row(target[1], row, kernel.adjointRow))
          }
          return []
        },
        else: {
          e.store(e.f32(0), e.gep(e.f32, target[0], row))
          if givesInput {
            e.memzero(base.row(target[1], row, kernel.adjointRow), bytes: e.i64(4 * kernel.features))
          }
          return []
        })
    }
  }

  /// dh = the sum of its parts, in their order.
  func addParts(_ parts: Int) {
    let (source, target) = (base.frame.operand(0), base.frame.operand(1))
    let (start, end) = base.frame.share(of: base.rowCount(after: 2))
    e.loop(from: start, to: end, unrolling: .never) { row in
      let first = base.row(source, row, kernel.features)
      let result = base.row(target, row, kernel.adjointRow)
      base.columns(kernel.features) { column, mask in
        let address = e.gep(e.f32, first, column)
        var sum = base.load(address, mask)
        for part in 1..<parts {
          sum = e.fadd(sum, base.load(e.gep(e.f32, address, part * kernel.rows * kernel.features), mask))
        }
        base.store(sum, e.gep(e.f32, result, column), mask)
      }
    }
  }

  private func copy(_ source: Value, to target: Value) {
    e.memcpy(target, source, bytes: e.i64(4 * kernel.features))
  }
}
