import BufferIR
import LLVMKit
import TensorIR

/// Emits the index of each row's first maximum.
struct ArgmaxEmitter {
  let rows: IndexRows
  var e: Emitter { rows.frame.emitter }

  init(_ module: ModuleBuilder, _ argmax: ArgmaxKernel, name: String) {
    rows = IndexRows(KernelFrame(module, name: name), argmax.element, rows: argmax.rows, length: argmax.length)
  }

  func emit() {
    rows.emit(results: 1) { base, out in
      let first = rows.frame.toRegister(e.load(rows.memory, base), rows.element)
      let best = e.loop(from: e.i64(1), to: e.i64(rows.length), initial: [first, e.i64(0)]) {
        (i: Value, best: [Value]) in
        let value = rows.frame.toRegister(e.load(rows.memory, e.gep(rows.memory, base, i)), rows.element)
        let better = e.fcmp(.ogt, value, best[0])
        return [e.select(better, value, best[0]), e.select(better, i, best[1])]
      }
      e.store(e.trunc(best[1], to: e.i32), out)
    }
  }
}
