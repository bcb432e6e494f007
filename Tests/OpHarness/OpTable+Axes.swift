import Support
import TensorIR

extension OpTable {
  static let axes: [OpRow] = reductions + rowWise + orders

  private static let reductions: [OpRow] = [
    ([], []), ([6], [0]), ([3, 5], [0]), ([3, 5], [1]), ([3, 5], [0, 1]), ([2, 3, 4], [1]), ([2, 3, 4], [0, 2]),
    ([2, 1, 4], [1]), ([1, 40], [1]), ([5, 1], [0]), ([2, 3, 70], [2]), ([3, 4], []),
  ].flatMap { (shape: [Int], axes: [Int]) in
    [
      OpRow("reduce sum \(shape) over \(axes)", [HarnessInput(shape)]) { (b, x) throws(Diagnostic) in
        [try b.add(.reduce(Reduce(.sum, axes: axes)), [x[0]])]
      },
      OpRow("reduce max \(shape) over \(axes)", [HarnessInput(shape, .distinct)]) { (b, x) throws(Diagnostic) in
        [try b.add(.reduce(Reduce(.max, axes: axes)), [x[0]])]
      },
    ]
  }

  private static let rowWise: [OpRow] =
    [[5], [1], [4, 7], [2, 3, 1], [3, 65], [2, 2, 3, 9]].flatMap { shape in
      [
        OpRow("softmax \(shape)", [HarnessInput(shape, .uniform(-3, 3))], differentiable: shape.last != 1) {
          (b, x) throws(Diagnostic) in
          [try b.add(.softmax(Softmax()), [x[0]])]
        },
        OpRow("log_sum_exp \(shape)", [HarnessInput(shape, .uniform(-3, 3))]) { (b, x) throws(Diagnostic) in
          [try b.add(.logSumExp(LogSumExp()), [x[0]])]
        },
      ]
    } + [
      OpRow("softmax of large numbers", [HarnessInput([3, 8], .uniform(-400, 400))], differentiable: false) {
        (b, x) throws(Diagnostic) in
        [try b.add(.softmax(Softmax()), [x[0]]), try b.add(.logSumExp(LogSumExp()), [x[0]])]
      }
    ]

  private static let orders: [OpRow] =
    [
      HarnessInput([7], .distinct), HarnessInput([3, 9], .tied), HarnessInput([2, 3, 5], .distinct),
      HarnessInput([4, 1], .tied), HarnessInput([3, 33], .uniform(0, 1)),
    ].flatMap { input in
      [
        OpRow("argsort \(input.shape)", [input], differentiable: false) { (b, x) throws(Diagnostic) in
          [try b.add(.argsort(Argsort()), [x[0]])]
        },
        OpRow("argmax \(input.shape)", [input], differentiable: false) { (b, x) throws(Diagnostic) in
          [try b.add(.argmax(Argmax()), [x[0]])]
        },
      ]
    } + [
      OpRow("argsort of argsort", [HarnessInput([2, 16], .uniform(0, 1))], differentiable: false) {
        (b, x) throws(Diagnostic) in
        let order = try b.add(.argsort(Argsort()), [x[0]])
        return [order, try b.add(.argsort(Argsort()), [order])]
      },
      OpRow("reduce max tied", [HarnessInput([4, 9], .tied)], differentiable: false) { (b, x) throws(Diagnostic) in
        [try b.reduce(.max, x[0], axes: [1])]
      },
      OpRow("reduce integers", [HarnessInput([4, 9], .integers(-50..<50))], differentiable: false) {
        (b, x) throws(Diagnostic) in
        [try b.reduce(.sum, x[0], axes: [1]), try b.reduce(.max, x[0], axes: [0])]
      },
    ]
}
