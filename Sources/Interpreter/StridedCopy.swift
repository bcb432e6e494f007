import TensorIR

/// Copies between a dense row-major tensor and a strided box of another: what broadcast, transpose, slice, concat and
/// pad are.
enum StridedCopy {
  /// Reads the box of `shape` that starts at `offset` and steps by `strides` into dense order.
  static func read<T>(_ source: [T], offset: Int = 0, shape: [Int], strides: [Int]) -> [T] {
    let count = shape.reduce(1, *)
    return source.withUnsafeBufferPointer { source in
      [T](unsafeUninitializedCapacity: count) { target, initialized in
        rows(shape, strides, offset) { dense, place, length, step in
          if step == 1 {
            (target.baseAddress! + dense).initialize(from: source.baseAddress! + place, count: length)
          } else {
            for i in 0..<length { (target.baseAddress! + dense + i).initialize(to: source[place + i * step]) }
          }
        }
        initialized = count
      }
    }
  }

  /// Writes dense elements to the box of `shape` in `target` that starts at `offset` and steps by `strides`.
  static func write<T>(_ source: [T], to target: inout [T], offset: Int = 0, shape: [Int], strides: [Int]) {
    source.withUnsafeBufferPointer { source in
      target.withUnsafeMutableBufferPointer { target in
        rows(shape, strides, offset) { dense, place, length, step in
          for i in 0..<length { target[place + i * step] = source[dense + i] }
        }
      }
    }
  }

  /// Calls `body(dense offset, strided offset, length, step)` for each run of the innermost axis.
  @inline(__always)
  private static func rows(_ shape: [Int], _ strides: [Int], _ offset: Int, _ body: (Int, Int, Int, Int) -> Void) {
    guard let length = shape.last else { return body(0, offset, 1, 1) }
    let step = strides[strides.count - 1]
    var index = [Int](repeating: 0, count: shape.count - 1)
    var place = offset
    var dense = 0
    let total = shape.reduce(1, *)
    while true {
      body(dense, place, length, step)
      dense += length
      if dense >= total { return }
      var axis = shape.count - 2
      while true {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < shape[axis] { break }
        place -= index[axis] * strides[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
