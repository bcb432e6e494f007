import LLVMKit
import TensorIR

/// A kernel that reads rows of operand 0 and writes indices (i32) of each to operand 1; threads share the rows.
struct IndexRows {
  let frame: KernelFrame
  let element: ElementType
  let count: Int
  let length: Int
  /// The type of an element in memory.
  var memory: Type { frame.memoryType(element) }

  init(_ frame: KernelFrame, _ element: ElementType, rows: Int, length: Int) {
    self.frame = frame
    self.element = element
    count = rows
    self.length = length
  }

  /// The whole kernel; `body` gets where a row begins and where its `results` indices go.
  func emit(results: Int, _ body: (_ row: Value, _ out: Value) -> Void) {
    let e = frame.emitter
    let (values, indices) = (frame.operand(0), frame.operand(1))
    let (start, end) = frame.share(of: count)
    e.loop(from: start, to: end, unrolling: .never) { row in
      body(
        e.gep(memory, values, e.mul(row, e.i64(length))),
        e.gep(e.i32, indices, e.mul(row, e.i64(results))))
    }
    e.ret()
  }
}
