import LLVMKit
import TensorIR

/// Neighbouring elements whose dropouts share random bits: one call of Philox gives 64 elements theirs (`Dropout`), so
/// the vectors of such a block are evaluated together.
final class DropoutBatch {
  /// Elements with common bits.
  static let size = 64

  /// Inner coordinate of the first element, a multiple of `size`.
  let inner: Value
  /// For each dropout instruction the bits of all elements, in vectors of 16.
  private var words: [Int: [Value]] = [:]

  init(inner: Value) { self.inner = inner }

  /// The bits of elements `offset ..< offset + lanes`, made by `make` for the first of them.
  func bits(_ e: Emitter, of instruction: Int, offset: Int, lanes: Int, make: () -> [Value]) -> Value {
    let all = words[instruction] ?? make()
    words[instruction] = all
    let part = all[offset / 16]
    return lanes == 16 ? part : e.slice(part, from: offset % 16, count: lanes)
  }
}

extension LoopEmitter {
  /// Whether a dropout's elements at inner coordinates `64i ..< 64(i + 1)` share their bits.
  func isBatched(_ strides: [Int]) -> Bool {
    strides.last == 1 && strides.dropLast().allSatisfy { $0 % DropoutBatch.size == 0 }
  }

  /// Vectors that are evaluated together because of a dropout among these instructions; 1 if there is none.
  func batchedVectors(_ computed: (Int) -> Bool) -> Int {
    guard lanes > 1, lanes <= 16, loop.inner >= DropoutBatch.size else { return 1 }
    let isThere = loop.body.indices.contains { index in
      guard case .dropout(_, _, _, let strides) = loop.body[index] else { return false }
      return computed(index) && isBatched(strides)
    }
    return isThere ? DropoutBatch.size / lanes : 1
  }

  /// The points of a block of `count` vectors from an inner coordinate on.
  func batch(_ inner: Value, sequential: [Value] = [], count: Int) -> [Point] {
    let batch = DropoutBatch(inner: inner)
    return (0..<count).map {
      Point(sequential: sequential, inner: e.add(inner, e.i64($0 * lanes)), batch: batch, offset: $0 * lanes)
    }
  }
}
