import BufferIR
import LLVMKit

/// Copies one panel of B into memory of the thread: for each step along K its elements (or pairs) side by side. What lies beyond
/// the last column is of no account.
struct PanelPacking {
  let frame: KernelFrame
  let element: PackedElement
  /// B, K×N, or its transpose.
  let source: GemmMatrix
  /// N, and how many of the panel's columns are wanted.
  let columns: Int
  let width: Int
  /// Columns of a whole panel.
  let pitch: Int
  private var e: Emitter { frame.emitter }
  private var lanes: Int { frame.lanes }

  /// The panel from column `first` on; `k` elements along K are `steps` packed ones.
  func emit(from first: Value, _ k: Value, _ steps: Value, into target: Value) {
    if source.isTransposed { transpose(first, steps, target) } else { copy(first, k, steps, target) }
  }

  /// Columns are contiguous: pieces of as many as lanes are transposed in registers. Columns beyond the last are read as the
  /// last.
  private func transpose(_ first: Value, _ steps: Value, _ target: Value) {
    func piece(_ k: Value, _ part: Int, _ count: Value?) {
      let mask = count.map { e.laneMask($0, lanes: lanes) }
      let values = (0..<lanes).map { index -> Value in
        let column = e.smin(e.add(first, e.i64(part + index)), e.i64(columns - 1))
        let start = element.address(source.address, e.mul(column, e.i64(source.leading)))
        return element.alongK(element.address(start, e.mul(k, e.i64(element.perStep))), lanes, mask)
      }
      for (row, value) in e.transposed(values).enumerated() {
        let place = e.gep(e.f32, target, e.add(e.mul(e.add(k, e.i64(row)), e.i64(pitch)), e.i64(part)))
        func store() { e.store(value, place) }
        if let count { e.ifThen(e.icmp(.slt, e.i64(row), count), store) } else { store() }
      }
    }
    let whole = e.and(steps, e.i64(-lanes))
    for part in stride(from: 0, to: width, by: lanes) {
      e.loop(from: e.i64(0), to: whole, step: lanes, unrolling: .never) { piece($0, part, nil) }
      e.ifThen(e.icmp(.slt, whole, steps)) { piece(whole, part, e.sub(steps, whole)) }
    }
  }

  /// Rows are contiguous. The second of a pair behind the last row is the last row again: its partner in A is zero.
  private func copy(_ first: Value, _ k: Value, _ steps: Value, _ target: Value) {
    let last = e.sub(k, e.i64(1))
    e.loop(from: e.i64(0), to: steps, unrolling: .never) { step in
      func row(_ index: Value) -> Value {
        element.address(source.address, e.add(e.mul(index, e.i64(source.leading)), first))
      }
      let start = row(element.perStep == 1 ? step : e.mul(step, e.i64(2)))
      let next = element.perStep == 1 ? start : row(e.smin(e.add(e.mul(step, e.i64(2)), e.i64(1)), last))
      let place = e.gep(e.f32, target, e.mul(step, e.i64(pitch)))
      for part in stride(from: 0, to: width, by: lanes) {
        let mask = part + lanes <= width ? nil : e.laneMask(e.i64(width - part), lanes: lanes)
        let value = element.acrossK(element.address(start, part), next: element.address(next, part), lanes, mask)
        e.store(value, e.gep(e.f32, place, part))
      }
    }
  }
}
