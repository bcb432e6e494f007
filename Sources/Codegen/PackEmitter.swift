import BufferIR
import LLVMKit
import Support
import TensorIR

/// Emits the packing of a matrix into panels (`PackKernel`): threads divide groups of columns and blocks of rows. Panels are
/// stored past the caches, which spares reading what they replace, and what is read of B is asked for ahead: rows and columns
/// lie too far apart for the processor to foresee.
struct PackEmitter {
  let frame: KernelFrame
  let pack: PackKernel
  var e: Emitter { frame.emitter }
  private var element: PackedElement {
    PackedElement(e: e, operand: pack.operand, isPaired: pack.isPaired)
  }

  /// Rows of one item of work, for copies and for transposes.
  private static let rows = 256
  private static let turnedRows = 1024
  /// Panels written side by side when rows are copied: one row's piece is then long enough to be read at full speed.
  private static let group = 2
  /// Rows asked for ahead of a copy, and vectors ahead of a transpose.
  private static let ahead = 12
  private static let vectorsAhead = 4

  init(_ module: ModuleBuilder, _ pack: PackKernel, name: String) {
    frame = KernelFrame(module, name: name)
    self.pack = pack
  }

  func emit() {
    let isCopy = pack.source.column == 1
    let panels = PackKernel.panels(pack.n)
    let groupSize = isCopy ? Self.group : 1
    let groups = (panels + groupSize - 1) / groupSize
    let rows = isCopy ? Self.rows : Self.turnedRows
    let pieces = (pack.steps + rows - 1) / rows
    let (source, target) = (frame.operand(0), frame.operand(1))
    let (start, end) = frame.share(of: pack.batch.reduce(groups * pieces, *))
    e.loop(from: start, to: end, unrolling: .never) { item in
      let matrix = e.udiv(item, e.i64(groups * pieces))
      let inside = e.urem(item, e.i64(groups * pieces))
      let group = e.udiv(inside, e.i64(pieces))
      let from = e.mul(e.urem(inside, e.i64(pieces)), e.i64(rows))
      let to = e.smin(e.add(from, e.i64(rows)), e.i64(pack.steps))
      let a = element.address(source, frame.dot(frame.coordinates(matrix, pack.batch), pack.source.batch))
      let b = e.gep(e.f32, target, e.mul(matrix, e.i64(PackKernel.count(steps: pack.steps, n: pack.n))))
      let first = e.mul(group, e.i64(groupSize))
      if isCopy { copy(a, b, first, from, to) } else { transpose(a, b, first, from, to) }
    }
    e.fenceNonTemporal()
    e.ret()
  }

  private func panel(_ target: Value, _ number: Value, _ row: Value) -> Value {
    e.gep(e.f32, target, e.mul(e.add(e.mul(number, e.i64(pack.steps)), row), e.i64(PackKernel.width)))
  }

  /// B's rows are contiguous: pieces of them are copied.
  private func copy(_ source: Value, _ target: Value, _ first: Value, _ from: Value, _ to: Value) {
    let lanes = frame.lanes
    let column = e.mul(first, e.i64(PackKernel.width))
    let available = e.sub(e.i64(pack.n), column)
    func rows(_ count: Int, isWhole: Bool) {
      e.loop(from: from, to: to, unrolling: .never) { k in
        let row = element.address(source, e.add(e.mul(k, e.i64(pack.source.row * element.perStep)), column))
        let next = element.address(row, pack.source.row)
        for line in stride(from: 0, to: count * PackKernel.width, by: 64 / pack.operand.byteSize) {
          for ahead in 0..<element.perStep {
            let place = (Self.ahead + ahead) * pack.source.row + line
            e.prefetch(element.address(row, place), locality: 2)
          }
        }
        for number in 0..<count {
          let place = panel(target, e.add(first, e.i64(number)), k)
          for part in stride(from: 0, to: PackKernel.width, by: lanes) {
            let offset = number * PackKernel.width + part
            let mask = isWhole ? nil : e.laneMask(e.sub(available, e.i64(offset)), lanes: lanes)
            let value = element.acrossK(
              element.address(row, offset), next: element.address(next, offset), lanes, mask)
            e.storeNonTemporal(value, e.gep(e.f32, place, part))
          }
        }
      }
    }
    let width = Self.group * PackKernel.width
    if pack.n % width == 0 {
      rows(Self.group, isWhole: true)
      return
    }
    _ = e.ifElse(
      e.icmp(.sge, available, e.i64(width)),
      then: {
        rows(Self.group, isWhole: true)
        return []
      },
      else: {
        rows(PackKernel.panels(pack.n) % Self.group == 0 ? Self.group : 1, isWhole: false)
        return []
      })
  }

  /// B's columns are contiguous: blocks of as many columns as lanes are transposed in registers.
  private func transpose(_ source: Value, _ target: Value, _ number: Value, _ from: Value, _ to: Value) {
    let lanes = frame.lanes
    let column = e.mul(number, e.i64(PackKernel.width))
    // Columns beyond the last are read as the last: nothing reads what comes of them.
    func start(_ index: Int) -> Value {
      let place = e.smin(e.add(column, e.i64(index)), e.i64(pack.n - 1))
      return element.address(source, e.mul(place, e.i64(pack.source.column)))
    }
    let bytes = lanes * element.perStep * pack.operand.byteSize
    func block(_ k: Value, _ count: Value?) {
      for part in stride(from: 0, to: PackKernel.width, by: lanes) {
        let mask = count.map { e.laneMask($0, lanes: lanes) }
        let columns = (0..<lanes).map { index -> Value in
          let address = element.address(start(part + index), e.mul(k, e.i64(element.perStep)))
          for line in stride(from: 0, to: bytes, by: 64) {
            e.prefetch(e.gep(e.i8, address, Self.vectorsAhead * bytes + line), locality: 2)
          }
          return element.alongK(address, lanes, mask)
        }
        for (row, values) in e.transposed(columns).enumerated() {
          func store() {
            e.storeNonTemporal(values, e.gep(e.f32, panel(target, number, e.add(k, e.i64(row))), part))
          }
          if let count { e.ifThen(e.icmp(.slt, e.i64(row), count), store) } else { store() }
        }
      }
    }
    let whole = e.add(from, e.and(e.sub(to, from), e.i64(-lanes)))
    e.loop(from: from, to: whole, step: lanes, unrolling: .never) { block($0, nil) }
    if pack.steps % lanes != 0 {
      e.ifThen(e.icmp(.slt, whole, to)) { block(whole, e.sub(to, whole)) }
    }
  }
}
