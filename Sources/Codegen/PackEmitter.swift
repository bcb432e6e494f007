import BufferIR
import LLVMKit
import Support
import TensorIR

/// Emits the packing of a matrix into panels (`PackKernel`). Panels are stored past the caches, which spares reading what they
/// replace. What is read of B are few streams that go on and on, which the processor foresees: some rows at a time through all
/// panels where rows are contiguous, a vector's worth of columns through all rows where columns are.
struct PackEmitter {
  let frame: KernelFrame
  let pack: PackKernel
  var e: Emitter { frame.emitter }
  private var shape: TileShape { TileShape(e.module.target) }
  private var width: Int { shape.width }
  private var element: PackedElement {
    PackedElement(e: e, operand: pack.operand, isPaired: pack.isPaired)
  }

  /// Packed rows of one item of work, for copies and for transposes.
  private static let rows = 8
  private static let turnedRows = 1024

  init(_ module: ModuleBuilder, _ pack: PackKernel, name: String) {
    frame = KernelFrame(module, name: name)
    self.pack = pack
  }

  func emit() {
    let isCopy = pack.source.column == 1
    let panels = shape.panels(pack.n)
    let groups = isCopy ? 1 : panels
    let rows = isCopy ? Self.rows : Self.turnedRows
    let pieces = (pack.steps + rows - 1) / rows
    let (source, target) = (frame.operand(0), frame.operand(1))
    let (start, end) = frame.share(of: pack.batch.reduce(groups * pieces, *))
    e.loop(from: start, to: end, unrolling: .never) { item in
      let matrix = e.udiv(item, e.i64(groups * pieces))
      let inside = e.urem(item, e.i64(groups * pieces))
      let from = e.mul(e.urem(inside, e.i64(pieces)), e.i64(rows))
      let to = e.smin(e.add(from, e.i64(rows)), e.i64(pack.steps))
      let a = element.address(source, frame.dot(frame.coordinates(matrix, pack.batch), pack.source.batch))
      let b = e.gep(e.f32, target, e.mul(matrix, e.i64(PackKernel.count(steps: pack.steps, n: pack.n))))
      if isCopy {
        copy(a, b, panels, from, to)
      } else {
        transpose(a, b, e.udiv(inside, e.i64(pieces)), from, to)
      }
    }
    e.fenceNonTemporal()
    e.ret()
  }

  private func panel(_ target: Value, _ number: Value, _ row: Value) -> Value {
    e.gep(e.f32, target, e.mul(e.add(e.mul(number, e.i64(pack.steps)), row), e.i64(width)))
  }

  /// B's rows are contiguous: pieces of them are copied.
  private func copy(_ source: Value, _ target: Value, _ panels: Int, _ from: Value, _ to: Value) {
    func rows(_ number: Value, isWhole: Bool) {
      let column = e.mul(number, e.i64(width))
      e.loop(from: from, to: to, unrolling: .never) { k in
        let row = element.address(source, e.add(e.mul(k, e.i64(pack.source.row * element.perStep)), column))
        let next = element.address(row, pack.source.row)
        let place = panel(target, number, k)
        for part in stride(from: 0, to: width, by: frame.lanes) {
          let mask = isWhole ? nil : e.laneMask(e.sub(e.i64(pack.n - part), column), lanes: frame.lanes)
          let value = element.acrossK(element.address(row, part), next: element.address(next, part), frame.lanes, mask)
          e.storeNonTemporal(value, e.gep(e.f32, place, part))
        }
      }
    }
    let whole = pack.n / width
    e.loop(from: e.i64(0), to: e.i64(whole), unrolling: .never) { rows($0, isWhole: true) }
    if whole < panels { rows(e.i64(whole), isWhole: false) }
  }

  /// B's columns are contiguous: blocks of as many columns as lanes are transposed in registers.
  private func transpose(_ source: Value, _ target: Value, _ number: Value, _ from: Value, _ to: Value) {
    let lanes = frame.lanes
    let column = e.mul(number, e.i64(width))
    let whole = e.add(from, e.and(e.sub(to, from), e.i64(-lanes)))
    e.loop(from: e.i64(0), to: e.i64(width), step: lanes, unrolling: .never) { part in
      // Columns beyond the last are read as the last: nothing reads what comes of them.
      let starts = (0..<lanes).map { index in
        let place = e.smin(e.add(e.add(column, part), e.i64(index)), e.i64(pack.n - 1))
        return element.address(source, e.mul(place, e.i64(pack.source.column)))
      }
      func block(_ k: Value, _ count: Value?) {
        let mask = count.map { e.laneMask($0, lanes: lanes) }
        let columns = starts.map {
          element.alongK(element.address($0, e.mul(k, e.i64(element.perStep))), lanes, mask)
        }
        for (row, values) in e.transposed(columns).enumerated() {
          func store() {
            e.storeNonTemporal(values, e.gep(e.f32, panel(target, number, e.add(k, e.i64(row))), part))
          }
          if let count { e.ifThen(e.icmp(.slt, e.i64(row), count), store) } else { store() }
        }
      }
      e.loop(from: from, to: whole, step: lanes, unrolling: .never) { block($0, nil) }
      if pack.steps % lanes != 0 {
        e.ifThen(e.icmp(.slt, whole, to)) { block(whole, e.sub(to, whole)) }
      }
    }
  }
}
