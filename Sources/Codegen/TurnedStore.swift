import LLVMKit

/// Writes the sums of a tile column by column: the tile is transposed in registers.
struct TurnedStore {
  let e: Emitter
  let rows: Int
  let lanes: Int
  let vectors: Int
  /// Rows of zeros fill up the tile's.
  private let padded = TileShape.transposedRows

  /// `column` gives the address of a column of C.
  func emit(_ sums: [Value], _ adds: Value, _ rowCount: Value, _ columnCount: Value, _ column: (Int) -> Value) {
    let zero = e.zero(e.f32.vector(lanes))
    var columns: [Value] = []
    for vector in 0..<vectors {
      let turned = e.transposed((0..<padded).map { $0 < rows ? sums[$0 * vectors + vector] : zero })
      columns += (0..<lanes).map { part(turned, $0) }
    }
    let mask = e.laneMask(e.smin(rowCount, e.i64(rows)), lanes: padded)
    func write(_ isWhole: Bool, _ adds: Bool) {
      for (index, value) in columns.enumerated() {
        if isWhole {
          store(value, column(index), rows == padded ? nil : mask, adds)
        } else {
          e.ifThen(e.icmp(.slt, e.i64(index), columnCount)) { store(value, column(index), mask, adds) }
        }
      }
    }
    let isWhole = e.and(
      e.icmp(.sge, rowCount, e.i64(rows)), e.icmp(.sge, columnCount, e.i64(vectors * lanes)))
    func choose(_ condition: Value, _ body: (Bool) -> Void) {
      e.ifThen(condition) {
        body(true)
      } else: {
        body(false)
      }
    }
    choose(isWhole) { whole in choose(adds) { write(whole, $0) } }
  }

  /// The elements of one column: part of a vector, or several.
  private func part(_ turned: [Value], _ lane: Int) -> Value {
    if lanes >= padded {
      let perVector = lanes / padded
      return e.slice(turned[lane / perVector], from: lane % perVector * padded, count: padded)
    }
    let count = padded / lanes
    return turned[lane * count + 1..<(lane + 1) * count].reduce(turned[lane * count]) { e.concat($0, $1) }
  }

  private func store(_ value: Value, _ address: Value, _ mask: Value?, _ adds: Bool) {
    let type = e.f32.vector(padded)
    func old() -> Value { mask.map { e.maskedLoad(type, address, mask: $0) } ?? e.load(type, address) }
    let sum = adds ? e.fadd(old(), value) : value
    if let mask { e.maskedStore(sum, address, mask: mask) } else { e.store(sum, address) }
  }
}
