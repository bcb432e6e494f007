import Support
import TensorIR

extension OpTable {
  /// Sizes that fill vectors and their tails, and that are worth sharing among threads. Too large for finite differences.
  static let large: [OpRow] = [
    row("gelu [129, 1031]", [HarnessInput([129, 1031], .uniform(-6, 6))]) { (b, x) throws(Diagnostic) in
      try b.unary(.gelu, x[0])
    },
    row("exp and log of [70001]", [HarnessInput([70001], .uniform(-20, 20))]) { (b, x) throws(Diagnostic) in
      try b.unary(.log, try b.unary(.exp, x[0]))
    },
    row("erf and tanh of [513, 65]", [HarnessInput([513, 65], .uniform(-5, 5))]) { (b, x) throws(Diagnostic) in
      try b.unary(.erf, try b.unary(.tanh, x[0]))
    },
    row("add [3, 257, 129] broadcast", [HarnessInput([3, 257, 129]), HarnessInput([129])]) {
      (b, x) throws(Diagnostic) in
      try b.binary(.add, x[0], try b.broadcast(x[1], to: [3, 257, 129], axes: [2]))
    },
    row("softmax [301, 1003]", [HarnessInput([301, 1003], .uniform(-8, 8))]) { (b, x) throws(Diagnostic) in
      try b.add(.softmax(Softmax()), [x[0]])
    },
    row("log_sum_exp [65, 3001]", [HarnessInput([65, 3001], .uniform(-8, 8))]) { (b, x) throws(Diagnostic) in
      try b.add(.logSumExp(LogSumExp()), [x[0]])
    },
    row("reduce sum [259, 513] rows", [HarnessInput([259, 513])]) { (b, x) throws(Diagnostic) in
      try b.reduce(.sum, x[0], axes: [0])
    },
    row("reduce sum [259, 513] columns", [HarnessInput([259, 513])]) { (b, x) throws(Diagnostic) in
      try b.reduce(.sum, x[0], axes: [1])
    },
    row("reduce max [17, 65, 33] all", [HarnessInput([17, 65, 33])]) { (b, x) throws(Diagnostic) in
      try b.reduce(.max, x[0], axes: [0, 1, 2])
    },
    row("transpose [4, 37, 3, 65]", [HarnessInput([4, 37, 3, 65])]) { (b, x) throws(Diagnostic) in
      try b.transpose(x[0], [0, 2, 1, 3])
    },
    row("transpose [257, 301]", [HarnessInput([257, 301])]) { (b, x) throws(Diagnostic) in
      try b.transpose(x[0], [1, 0])
    },
    row("matmul 129x257x301", [HarnessInput([129, 257]), HarnessInput([257, 301])]) { (b, x) throws(Diagnostic) in
      try b.matmul(x[0], x[1])
    },
    row("matmul [6] 65x64x65 transpose_b", [HarnessInput([6, 65, 64]), HarnessInput([6, 65, 64])]) {
      (b, x) throws(Diagnostic) in
      try b.matmul(x[0], x[1], transposeB: true)
    },
    row("gather [1000, 65] by [700]", [HarnessInput([1000, 65]), HarnessInput([700], .integers(0..<1000))]) {
      (b, x) throws(Diagnostic) in
      try b.add(.gather(Gather(batchDims: 0)), [x[0], x[1]])
    },
    row("scatter_add [700, 65] into [30, 65]", [HarnessInput([700, 65]), HarnessInput([700], .integers(0..<30))]) {
      (b, x) throws(Diagnostic) in
      try b.add(.scatterAdd(ScatterAdd(batchDims: 0, shape: [30, 65])), [x[0], x[1]])
    },
    row("argsort [9, 196]", [HarnessInput([9, 196], .uniform(0, 1))]) { (b, x) throws(Diagnostic) in
      try b.add(.argsort(Argsort()), [x[0]])
    },
    row("dropout [129, 1031]", [HarnessInput([129, 1031]), HarnessInput([], .seed(20_230_501))]) {
      (b, x) throws(Diagnostic) in
      try b.add(.dropout(Dropout(rate: 0.1, stream: 3)), [x[0], x[1]])
    },
    // Blocks of 64 share random bits where rows begin at such blocks.
    row("dropout and softmax [5, 3, 192]", [HarnessInput([5, 3, 192]), HarnessInput([], .seed(77))]) {
      (b, x) throws(Diagnostic) in
      let first = try b.add(.dropout(Dropout(rate: 0.3, stream: 1)), [x[0], x[1]])
      return try b.add(.dropout(Dropout(rate: 0.1, stream: 2)), [try b.add(.softmax(Softmax()), [first]), x[1]])
    },
    row("dropout and softmax [7, 130]", [HarnessInput([7, 130]), HarnessInput([], .seed(78))]) {
      (b, x) throws(Diagnostic) in
      try b.add(.softmax(Softmax()), [try b.add(.dropout(Dropout(rate: 0.3, stream: 1)), [x[0], x[1]])])
    },
    row("dropout and column sums [200, 192]", [HarnessInput([200, 192]), HarnessInput([], .seed(79))]) {
      (b, x) throws(Diagnostic) in
      try b.reduce(.sum, try b.add(.dropout(Dropout(rate: 0.3, stream: 1)), [x[0], x[1]]), axes: [0])
    },
    // Two to four results side by side, and every second to fifth element.
    row("transpose [9, 3, 64]", [HarnessInput([9, 3, 64])]) { (b, x) throws(Diagnostic) in
      try b.unary(.exp, try b.transpose(x[0], [0, 2, 1]))
    },
    row("transpose [33, 2, 32]", [HarnessInput([33, 2, 32])]) { (b, x) throws(Diagnostic) in
      try b.transpose(x[0], [0, 2, 1])
    },
    row("transpose [7, 4, 48]", [HarnessInput([7, 4, 48])]) { (b, x) throws(Diagnostic) in
      try b.transpose(x[0], [0, 2, 1])
    },
    row("slice [13, 451] by 2", [HarnessInput([13, 451])]) { (b, x) throws(Diagnostic) in
      try b.unary(.exp, try b.add(.slice(Slice(start: [0, 1], limit: [13, 450], step: [1, 2])), [x[0]]))
    },
    row("slice [13, 451] by 3 and 4", [HarnessInput([13, 451])]) { (b, x) throws(Diagnostic) in
      let third = try b.add(.slice(Slice(start: [0, 0], limit: [13, 286], step: [1, 3])), [x[0]])
      let fourth = try b.add(.slice(Slice(start: [0, 70], limit: [13, 451], step: [1, 4])), [x[0]])
      return try b.binary(.add, third, fourth)
    },
  ]

  private static func row(
    _ name: String, _ inputs: [HarnessInput],
    _ body: @escaping @Sendable (inout Builder, [ValueID]) throws(Diagnostic) -> ValueID
  ) -> OpRow {
    OpRow("large " + name, inputs, differentiable: false) { (b, x) throws(Diagnostic) in [try body(&b, x)] }
  }
}
