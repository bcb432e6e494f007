import BufferIR
import LLVMKit
import TensorIR

/// Emits a scatter-add: each thread takes whole columns, so repeated indices accumulate in one order.
struct ScatterEmitter {
  let frame: KernelFrame
  let scatter: ScatterKernel
  var e: Emitter { frame.emitter }

  init(_ module: ModuleBuilder, _ scatter: ScatterKernel, name: String) {
    frame = KernelFrame(module, name: name)
    self.scatter = scatter
  }

  func emit() {
    let memory = frame.memoryType(scatter.element)
    let (updates, indices, result) = (frame.operand(0), frame.operand(1), frame.operand(2))
    let byBatch = scatter.batch >= 8
    let (start, end) = frame.share(of: byBatch ? scatter.batch : scatter.width, grain: byBatch ? 1 : 16)
    let (b0, b1) = byBatch ? (start, end) : (e.i64(0), e.i64(scatter.batch))
    let (c0, c1) = byBatch ? (e.i64(0), e.i64(scatter.width)) : (start, end)
    e.loop(from: b0, to: b1, unrolling: .never) { batch in
      e.loop(from: e.i64(0), to: e.i64(scatter.limit), unrolling: .never) { row in
        let at = e.add(e.mul(batch, e.i64(scatter.limit)), row)
        columns(c0, c1) { column, mask in
          put(zero(mask), memory, result, e.add(e.mul(at, e.i64(scatter.width)), column), mask)
        }
      }
      e.loop(from: e.i64(0), to: e.i64(scatter.rows), unrolling: .never) { row in
        let from = e.add(e.mul(batch, e.i64(scatter.rows)), row)
        var index = e.load(
          frame.memoryType(scatter.indexElement), e.gep(frame.memoryType(scatter.indexElement), indices, from))
        if scatter.indexElement != .i64 { index = e.sext(index, to: e.i64) }
        index = e.smin(e.smax(index, e.i64(0)), e.i64(scatter.limit - 1))
        let to = e.add(e.mul(batch, e.i64(scatter.limit)), index)
        columns(c0, c1) { column, mask in
          let update = get(memory, updates, e.add(e.mul(from, e.i64(scatter.width)), column), mask)
          let place = e.add(e.mul(to, e.i64(scatter.width)), column)
          let old = get(memory, result, place, mask)
          put(scatter.element.isFloat ? e.fadd(old, update) : e.add(old, update), memory, result, place, mask)
        }
      }
    }
    e.ret()
  }

  private var lanes: Int { scatter.width == 1 ? 1 : frame.lanes }

  private func zero(_ mask: Value?) -> Value {
    let type = frame.registerType(scatter.element)
    return e.zero(lanes == 1 ? type : type.vector(lanes))
  }

  private func get(_ memory: Type, _ base: Value, _ index: Value, _ mask: Value?) -> Value {
    let address = e.gep(memory, base, index)
    let type = lanes == 1 ? memory : memory.vector(lanes)
    return frame.toRegister(
      mask.map { e.maskedLoad(type, address, mask: $0) } ?? e.load(type, address), scatter.element)
  }

  private func put(_ value: Value, _ memory: Type, _ base: Value, _ index: Value, _ mask: Value?) {
    let address = e.gep(memory, base, index)
    let value = frame.toMemory(value, scatter.element)
    if let mask { e.maskedStore(value, address, mask: mask) } else { e.store(value, address) }
  }

  private func columns(_ from: Value, _ to: Value, _ body: (Value, Value?) -> Void) {
    if lanes == 1 {
      e.loop(from: from, to: to, unrolling: .never) { body($0, nil) }
      return
    }
    let middle = e.add(from, e.and(e.sub(to, from), e.i64(-lanes)))
    e.loop(from: from, to: middle, step: lanes) { body($0, nil) }
    if scatter.width % lanes != 0 || scatter.width % 16 != 0 {
      e.ifThen(e.icmp(.slt, middle, to)) { body(middle, e.laneMask(e.sub(to, middle), lanes: lanes)) }
    }
  }
}
