import Support
import TensorIR

extension OpTable {
  static let shapes: [OpRow] = broadcasts + moves + boxes

  private static let broadcasts: [OpRow] = [
    broadcast([], to: [3, 4], axes: []),
    broadcast([5], to: [3, 5], axes: [1]),
    broadcast([3], to: [3, 5], axes: [0]),
    broadcast([1, 5], to: [3, 5], axes: [0, 1]),
    broadcast([3, 1], to: [3, 5], axes: [0, 1]),
    broadcast([2, 1, 6], to: [2, 3, 4, 6], axes: [0, 2, 3]),
    broadcast([1, 1], to: [2, 1, 3], axes: [0, 2]),
    broadcast([4], to: [2, 4, 3], axes: [1]),
    broadcast([2, 3], to: [2, 3], axes: [0, 1]),
  ]

  private static func broadcast(_ from: [Int], to shape: [Int], axes: [Int]) -> OpRow {
    OpRow("broadcast \(from) to \(shape) axes \(axes)", [HarnessInput(from)]) { (b, x) throws(Diagnostic) in
      [try b.broadcast(x[0], to: shape, axes: axes)]
    }
  }

  private static let moves: [OpRow] = [
    reshape([2, 6], [3, 4]), reshape([1], []), reshape([2, 3, 4], [24]), reshape([1, 5], [5, 1]),
    transpose([3, 5], [1, 0]), transpose([2, 3, 4], [0, 2, 1]), transpose([2, 3, 4], [2, 0, 1]),
    transpose([2, 3, 4, 5], [0, 2, 1, 3]), transpose([2, 7, 3, 2, 4], [2, 0, 3, 1, 4]), transpose([1, 6], [1, 0]),
  ]

  private static func reshape(_ from: [Int], _ to: [Int]) -> OpRow {
    OpRow("reshape \(from) to \(to)", [HarnessInput(from)]) { (b, x) throws(Diagnostic) in [try b.reshape(x[0], to: to)]
    }
  }

  private static func transpose(_ shape: [Int], _ permutation: [Int]) -> OpRow {
    OpRow("transpose \(shape) by \(permutation)", [HarnessInput(shape)]) { (b, x) throws(Diagnostic) in
      [try b.transpose(x[0], permutation)]
    }
  }

  private static let boxes: [OpRow] = [
    slice([7], Slice(start: [2], limit: [6])),
    slice([4, 9], Slice(start: [1, 0], limit: [3, 9])),
    slice([4, 9], Slice(start: [0, 8], limit: [4, 9])),
    slice([5, 9], Slice(start: [1, 1], limit: [5, 8], step: [2, 3])),
    slice([2, 6, 4], Slice(start: [0, 1, 0], limit: [2, 6, 4], step: [1, 1, 2])),
    concat([[2, 3], [2, 1], [2, 4]], axis: 1),
    concat([[1, 3], [4, 3]], axis: 0),
    concat([[2, 1, 5], [2, 6, 5]], axis: 1),
    concat([[3]], axis: 0),
    OpRow("concat of one tensor twice", [HarnessInput([2, 3])]) { (b, x) throws(Diagnostic) in
      [try b.add(.concat(Concat(axis: 0)), [x[0], x[0]])]
    },
    pad([5], Pad(low: [2], high: [1])),
    pad([3, 4], Pad(low: [0, 2], high: [1, 0])),
    pad([3, 4], Pad(low: [1, 0], high: [0, 2], interior: [1, 2])),
    pad([1, 1], Pad(low: [0, 3], high: [2, 0], interior: [4, 4])),
  ]

  private static func slice(_ shape: [Int], _ op: Slice) -> OpRow {
    OpRow("slice \(shape) \(op.start)..<\(op.limit) by \(op.step)", [HarnessInput(shape)]) {
      (b, x) throws(Diagnostic) in
      [try b.add(.slice(op), [x[0]])]
    }
  }

  private static func concat(_ shapes: [[Int]], axis: Int) -> OpRow {
    OpRow("concat \(shapes) axis \(axis)", shapes.map { HarnessInput($0) }) { (b, x) throws(Diagnostic) in
      [try b.add(.concat(Concat(axis: axis)), x)]
    }
  }

  private static func pad(_ shape: [Int], _ op: Pad) -> OpRow {
    OpRow("pad \(shape) \(op.low) \(op.high) \(op.interior)", [HarnessInput(shape)]) { (b, x) throws(Diagnostic) in
      [try b.add(.pad(op), [x[0]])]
    }
  }
}
