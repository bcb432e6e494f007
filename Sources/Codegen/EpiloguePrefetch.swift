import BufferIR
import LLVMKit

/// Asks for what an epilogue will read beside a tile, while the tile is computed: the epilogue then finds it in cache, and
/// memory works while the multipliers do.
struct EpiloguePrefetch {
  private struct Stream {
    var base: Value
    var strides: [Int]
    var elementBytes: Int
    var isRead = false
    var isWritten = false
  }
  private let frame: KernelFrame
  private let loop: LoopKernel
  private var streams: [Stream] = []
  private var e: Emitter { frame.emitter }

  /// For a loop whose outer points are the rows of the result. `operands`: addresses, the product's own result first.
  init(_ frame: KernelFrame, _ loop: LoopKernel, _ operands: [Value]) {
    (self.frame, self.loop) = (frame, loop)
    var (loaded, stored) = (Set<Int>(), Set<Int>())
    for case .load(let access) in loop.body { loaded.insert(access) }
    for case .store(let access, _) in loop.body { stored.insert(access) }
    var all: [Stream] = []
    for (index, access) in loop.accesses.enumerated() {
      guard access.argument != 0, access.indirect == nil, access.strides.last == 1,
        access.strides.dropLast().contains(where: { $0 != 0 })
      else { continue }
      let stream = Stream(
        base: operands[access.argument], strides: Array(access.strides.dropLast()),
        elementBytes: access.element.byteSize)
      // Reading and writing the same place is one stream.
      let known = all.firstIndex { $0.base == stream.base && $0.strides == stream.strides } ?? all.endIndex
      if known == all.endIndex { all.append(stream) }
      if loaded.contains(index) || access.accumulates != nil { all[known].isRead = true }
      if stored.contains(index) { all[known].isWritten = true }
    }
    streams = all.filter(\.isRead)
  }

  var isEmpty: Bool { streams.isEmpty }

  /// For rows `row ..< row + count` and `width` columns from `column` on. What lies beyond the matrix is harmless.
  func emit(_ row: Value, count: Int, _ column: Value, width: Int) {
    for index in 0..<count {
      let coordinates = frame.coordinates(e.add(row, e.i64(index)), loop.outer)
      for stream in streams {
        let start = e.add(frame.dot(coordinates, stream.strides), column)
        let address = e.gep(e.i8, stream.base, e.mul(start, e.i64(stream.elementBytes)))
        for line in stride(from: 0, to: width * stream.elementBytes, by: 64) {
          e.prefetch(e.gep(e.i8, address, line), forWrite: stream.isWritten, locality: 2)
        }
      }
    }
  }
}
