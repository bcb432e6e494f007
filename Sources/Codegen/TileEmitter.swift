import LLVMKit

/// The function that computes one tile of a product in registers:
/// `void tile(ptr a, i64 rowBytes, ptr b, ptr c, i64 k, i64 pitch, i64 rows, i64 columns, i32 adds, ptr ahead)`: C (rows ×
/// columns, `pitch` elements from row to row, or from column to column of a turned tile) becomes A·B, or C + A·B if `adds`.
/// A is a strip (`k` times its rows side by side), or rows `rowBytes` apart, B a panel. It asks for the `16·k` bytes from
/// `ahead` on, so that they are near when they are read.
struct TileEmitter: Sendable {
  let shape: TileShape
  /// Vectors of its columns: all that registers allow, or fewer.
  let vectors: Int
  var rows: Int { shape.rows }
  var lanes: Int { shape.lanes }
  /// Columns of the tile.
  var width: Int { vectors * lanes }

  /// Steps along K per round of the loop.
  private static let unroll = 4

  /// Whether C's columns are contiguous rather than its rows.
  let isTurned: Bool
  /// Whether A and B hold pairs of bf16.
  let isPaired: Bool
  /// Whether A is rows in memory rather than a strip.
  let readsRows: Bool

  /// `columns`: how many of a panel's columns are wanted, if not all.
  init(_ target: Target, isTurned: Bool, isPaired: Bool, readsRows: Bool, columns: Int? = nil) {
    self.isTurned = isTurned
    self.isPaired = isPaired
    self.readsRows = readsRows
    shape = TileShape(target)
    vectors = columns.map(shape.vectors) ?? shape.vectors
  }

  /// Says all there is to a tile on one target.
  var name: String {
    "mrm.tile" + (vectors == shape.vectors ? "" : ".\(vectors)") + (isPaired ? ".bf16" : "")
      + (readsRows ? ".rows" : "") + (isTurned ? ".turned" : "")
  }

  private func parameters(_ module: ModuleBuilder) -> [Type] {
    let (i64, ptr) = (module.i64, module.ptr)
    return [ptr, i64, ptr, ptr, i64, i64, i64, i64, module.i32, ptr]
  }

  /// The function as a kernel's module sees it.
  func declare(in module: ModuleBuilder) -> FunctionRef {
    module.declare(name, params: parameters(module), result: module.void)
  }

  /// Emits the function.
  func emit(into module: ModuleBuilder) {
    let function = module.addFunction(
      name, params: parameters(module), result: module.void,
      attributes: FunctionAttributes(noInline: true, alignment: 64))
    emit(Emitter(module, function))
  }

  private func emit(_ e: Emitter) {
    let parameter = e.function.parameter
    let (a, b, c, k) = (parameter(0), parameter(2), parameter(3), parameter(4))
    let (pitch, rowCount, columnCount) = (parameter(5), parameter(6), parameter(7))
    let adds = e.icmp(.ne, parameter(8), e.i32(0))
    let ahead = parameter(9)
    let type = e.f32.vector(lanes)
    func row(_ index: Int) -> Value { e.gep(e.f32, c, e.mul(e.i64(index), pitch)) }
    for index in 0..<(isTurned ? width : rows) {
      for line in stride(from: 0, to: isTurned ? rows : width, by: 16) {
        e.prefetch(e.gep(e.f32, row(index), line), forWrite: true)
      }
    }
    let zero = e.zero(type)
    let packed = isPaired ? e.i32 : e.f32
    let left =
      readsRows
      ? TileColumns(e, packed, rows: rows, a, rowBytes: parameter(1), count: rowCount)
      : TileColumns(e, packed, rows: rows, strip: a)
    func step(_ index: Value, _ sums: [Value]) -> [Value] {
      let panel = e.gep(packed, b, e.mulIndex(index, e.i64(shape.width)))
      let columns = (0..<vectors).map { e.load(packed.vector(lanes), e.gep(packed, panel, $0 * lanes)) }
      var next = sums
      let values = left.elements(at: index)
      for row in 0..<rows {
        let value = e.splat(values[row], lanes)
        for vector in 0..<vectors {
          let slot = row * vectors + vector
          next[slot] = multiplied(e, value, columns[vector], sums[slot])
        }
      }
      return next
    }
    // Each round asks for a line of the panel that comes next, and for what it will soon read of A.
    let rounds = e.and(k, e.i64(-Self.unroll))
    let start = Array(repeating: zero, count: rows * vectors)
    let most = e.loop(from: e.i64(0), to: rounds, step: Self.unroll, initial: start, unrolling: .never) {
      (index: Value, sums: [Value]) in
      e.prefetch(e.gep(e.f32, ahead, e.mulIndex(index, e.i64(16 / Self.unroll))), locality: 2)
      left.ask(beyond: index)
      return (0..<Self.unroll).reduce(sums) { step(e.addIndex(index, e.i64($1)), $0) }
    }
    let sums = e.loop(from: rounds, to: k, initial: most, unrolling: .never, step)
    if isTurned {
      TurnedStore(e: e, rows: rows, lanes: lanes, vectors: vectors)
        .emit(sums, adds, rowCount, columnCount, row)
    } else {
      emitStore(e, sums, adds, rowCount, columnCount, row)
    }
    e.ret()
  }

  /// sum + a · b, lane by lane; of pairs both products are added.
  private func multiplied(_ e: Emitter, _ a: Value, _ b: Value, _ sum: Value) -> Value {
    if !isPaired { return VectorMath(e).mulAdd(a, b, sum) }
    let pairs = e.bf16.vector(2 * lanes)
    return e.addProductsOfPairs(sum, e.bitcast(a, to: pairs), e.bitcast(b, to: pairs))
  }

  private func emitStore(
    _ e: Emitter, _ sums: [Value], _ adds: Value, _ rowCount: Value, _ columnCount: Value, _ row: (Int) -> Value
  ) {
    let isWhole = e.and(e.icmp(.sge, rowCount, e.i64(rows)), e.icmp(.sge, columnCount, e.i64(width)))
    e.ifThen(isWhole) {
      store(e, sums, adds, row) { _ in nil }
    } else: {
      for index in 0..<rows {
        e.ifThen(e.icmp(.slt, e.i64(index), rowCount)) {
          let own = Array(sums[index * vectors..<(index + 1) * vectors])
          store(e, own, adds, { _ in row(index) }) { vector in
            e.laneMask(e.sub(columnCount, e.i64(vector * lanes)), lanes: lanes)
          }
        }
      }
    }
  }

  /// Writes sums, row by row, on top of what is there if `adds`.
  private func store(
    _ e: Emitter, _ sums: [Value], _ adds: Value, _ row: (Int) -> Value, _ mask: (Int) -> Value?
  ) {
    let type = e.f32.vector(lanes)
    func each(_ body: (Value, Value, Value?) -> Void) {
      for (slot, sum) in sums.enumerated() {
        let address = e.gep(e.f32, row(slot / vectors), slot % vectors * lanes)
        body(sum, address, mask(slot % vectors))
      }
    }
    func write(_ value: Value, _ address: Value, _ mask: Value?) {
      if let mask { e.maskedStore(value, address, mask: mask) } else { e.store(value, address) }
    }
    e.ifThen(adds) {
      each { sum, address, mask in
        let old = mask.map { e.maskedLoad(type, address, mask: $0) } ?? e.load(type, address)
        write(e.fadd(old, sum), address, mask)
      }
    } else: {
      each(write)
    }
  }
}
