import Support
import TensorIR

extension OpTable {
  static let indexing: [OpRow] =
    gathers.flatMap { (data: [Int], indices: [Int], batchDims: Int) in
      let rows = data[batchDims]
      let updates = indices + data.dropFirst(batchDims + 1)
      return [
        OpRow(
          "gather \(data) by \(indices) batch_dims \(batchDims)",
          [HarnessInput(data), HarnessInput(indices, .integers(0..<rows))]
        ) { (b, x) throws(Diagnostic) in
          [try b.add(.gather(Gather(batchDims: batchDims)), [x[0], x[1]])]
        },
        OpRow(
          "scatter_add \(updates) by \(indices) into \(data) batch_dims \(batchDims)",
          [HarnessInput(updates), HarnessInput(indices, .integers(0..<rows))]
        ) { (b, x) throws(Diagnostic) in
          [try b.add(.scatterAdd(ScatterAdd(batchDims: batchDims, shape: data)), [x[0], x[1]])]
        },
      ]
    } + [
      OpRow("gather clamps", [HarnessInput([3, 4]), HarnessInput([8], .integers(-3..<7))]) {
        (b, x) throws(Diagnostic) in
        [try b.add(.gather(Gather(batchDims: 0)), [x[0], x[1]])]
      },
      OpRow(
        "gather integers", [HarnessInput([3, 4], .integers(0..<99)), HarnessInput([5], .integers(0..<3))],
        differentiable: false
      ) { (b, x) throws(Diagnostic) in
        [try b.add(.gather(Gather(batchDims: 0)), [x[0], x[1]])]
      },
    ] + dropouts

  /// Data, indices, batch axes. More indices than rows: some repeat.
  private static let gathers: [([Int], [Int], Int)] = [
    ([5, 3], [9], 0), ([4], [2, 5], 0), ([6, 2, 3], [4], 0), ([1, 3], [4], 0), ([5, 1], [1], 0), ([7, 4], [], 0),
    ([2, 5, 3], [2, 7], 1), ([2, 5], [2, 3], 1), ([3, 4, 2], [3], 1), ([2, 3, 4, 2], [2, 3, 6], 2),
    ([1, 1, 4], [1, 3], 1),
  ]

  private static let dropouts: [OpRow] = [([200], 0.1, 0), ([3, 5, 17], 0.5, 7), ([1], 0, 1), ([130], 0, 2)].map {
    (shape: [Int], rate: Double, stream: Int) in
    OpRow("dropout \(shape) rate \(rate)", [HarnessInput(shape), HarnessInput([], .seed(-0x1234_5678_9ABC_DEF))]) {
      (b, x) throws(Diagnostic) in
      [try b.add(.dropout(Dropout(rate: rate, stream: stream)), [x[0], x[1]])]
    }
  }
}
