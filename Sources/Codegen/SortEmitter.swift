import BufferIR
import LLVMKit
import TensorIR

/// Emits a stable argsort by rank: element i comes after all that are smaller and all equal ones before it.
/// NaN compares as larger than everything.
struct SortEmitter {
  let rows: IndexRows
  var e: Emitter { rows.frame.emitter }

  init(_ module: ModuleBuilder, _ sort: SortKernel, name: String) {
    rows = IndexRows(KernelFrame(module, name: name), sort.element, rows: sort.rows, length: sort.length)
  }

  func emit() {
    rows.emit(results: rows.length) { base, out in
      e.loop(from: e.i64(0), to: e.i64(rows.length), unrolling: .never) { i in
        let key = e.load(rows.memory, e.gep(rows.memory, base, i))
        func count(_ from: Value, _ to: Value, _ start: Value, orEqual: Bool) -> Value {
          e.loop(from: from, to: to, initial: [start]) { (j: Value, ranks: [Value]) in
            let other = e.load(rows.memory, e.gep(rows.memory, base, j))
            return [e.add(ranks[0], e.zext(comesBefore(other, key, orEqual: orEqual), to: e.i64))]
          }[0]
        }
        let before = count(e.i64(0), i, e.i64(0), orEqual: true)
        let rank = count(e.add(i, e.i64(1)), e.i64(rows.length), before, orEqual: false)
        e.store(e.trunc(i, to: e.i32), e.gep(e.i32, out, rank))
      }
    }
  }

  private func comesBefore(_ a: Value, _ b: Value, orEqual: Bool) -> Value {
    if !rows.element.isFloat { return e.icmp(orEqual ? .sle : .slt, a, b) }
    let (a, b) = (rows.frame.toRegister(a, rows.element), rows.frame.toRegister(b, rows.element))
    let bIsNaN = e.fcmp(.uno, b, b)
    let ordered = e.fcmp(orEqual ? .ole : .olt, a, b)
    if orEqual { return e.or(ordered, bIsNaN) }
    return e.or(ordered, e.and(bIsNaN, e.fcmp(.oeq, a, a)))
  }
}
