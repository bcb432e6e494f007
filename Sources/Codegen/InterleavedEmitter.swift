import BufferIR
import LLVMKit
import Support

/// Items whose stores lie between each other: along the last outer axis, of two to four elements, they have stride 1, and
/// along the inner axis as many. The vectors of all these elements are shuffled into runs of neighbours.
struct InterleavedEmitter {
  private let base: LoopEmitter
  private let width: Int
  private var e: Emitter { base.e }

  /// Bodies of more instructions are not repeated.
  private static let largestBody = 16

  /// nil if the loop is of another kind.
  init?(_ base: LoopEmitter) {
    let loop = base.loop
    guard let width = loop.outer.last, (2...4).contains(width), !loop.reduces, base.lanes > 1,
      loop.inner % base.lanes == 0, loop.body.count <= Self.largestBody
    else { return nil }
    let last = loop.outer.count - 1
    for instruction in loop.body {
      switch instruction {
      case .store(let access, _):
        let access = loop.accesses[access]
        if access.accumulates != nil || access.strides[last] != 1 || access.strides.last != width { return nil }
      case .dropout, .reduce: return nil
      case .load, .constant, .index, .unary, .binary, .compare, .select, .convert: break
      }
    }
    self.base = base
    self.width = width
  }

  /// Outer axes that items run over.
  var outer: [Int] { Array(base.loop.outer.dropLast()) }

  /// Evaluates `from ..< to` of the inner axis for all elements of the last outer axis.
  func emit(_ pointers: [Value], _ outer: [Value], _ from: Value, _ to: Value) throws(Diagnostic) {
    let items = (0..<width).map { base.makeItem(pointers, outer + [e.i64($0)]) }
    var stores: [(access: Int, value: Int)] = []
    for case .store(let access, let value) in base.loop.body { stores.append((access, value)) }
    try e.loop(from: from, to: to, step: base.lanes) { inner throws(Diagnostic) in
      let point = LoopEmitter.Point(sequential: [], inner: inner)
      var values: [[Value?]] = []
      for item in items { values.append(try base.evaluate(stores.map(\.value), item, at: point)) }
      for (access, value) in stores {
        let element = base.loop.accesses[access].element
        let parts = values.map { base.frame.toMemory(base.widened($0[value]!, isVector: true), element) }
        let address = e.gep(
          base.frame.memoryType(element), items[0].bases[access], e.mul(inner, e.i64(width)))
        e.store(interleaved(parts), address)
      }
    }
  }

  /// Lane i of part k becomes lane `width·i + k`.
  private func interleaved(_ parts: [Value]) -> Value {
    let lanes = base.lanes
    if width == 2 { return e.shuffle(parts[0], parts[1], (0..<(2 * lanes)).map { $0 % 2 * lanes + $0 / 2 }) }
    let first = e.concat(parts[0], parts[1])
    let second = e.concat(parts[2], parts[width - 1])
    return e.shuffle(first, second, (0..<(width * lanes)).map { $0 % width * lanes + $0 / width })
  }
}
