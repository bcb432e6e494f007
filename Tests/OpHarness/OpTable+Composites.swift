import Support
import TensorIR

extension OpTable {
  /// Small programs as models build them: values used more than once, and the patterns that passes fuse.
  static let composites: [OpRow] = [
    OpRow("linear and gelu", [HarnessInput([4, 6]), HarnessInput([5, 6]), HarnessInput([5])]) {
      (b, x) throws(Diagnostic) in
      let product = try b.matmul(x[0], x[1], transposeB: true)
      return [try b.unary(.gelu, try b.binary(.add, product, try b.broadcast(x[2], to: [4, 5], axes: [1])))]
    },
    OpRow("layernorm", [HarnessInput([3, 8]), HarnessInput([8]), HarnessInput([8])]) { (b, x) throws(Diagnostic) in
      let shape = [3, 8]
      let mean = try b.scale(try b.reduce(.sum, x[0], axes: [1]), by: 0.125)
      let centred = try b.binary(.sub, x[0], try b.broadcast(mean, to: shape, axes: [0]))
      let squares = try b.reduce(.sum, try b.binary(.mul, centred, centred), axes: [1])
      let variance = try b.scale(squares, by: 0.125)
      let rstd = try b.unary(.rsqrt, try b.binary(.add, variance, try b.splat(1e-6, b.type(variance))))
      let normal = try b.binary(.mul, centred, try b.broadcast(rstd, to: shape, axes: [0]))
      let scaled = try b.binary(.mul, normal, try b.broadcast(x[1], to: shape, axes: [1]))
      return [try b.binary(.add, scaled, try b.broadcast(x[2], to: shape, axes: [1]))]
    },
    OpRow("attention", [HarnessInput([2, 5, 4]), HarnessInput([2, 6, 4]), HarnessInput([2, 6, 3])]) {
      (b, x) throws(Diagnostic) in
      let scores = try b.scale(try b.matmul(x[0], x[1], transposeB: true), by: 0.5)
      return [try b.matmul(try b.add(.softmax(Softmax()), [scores]), x[2])]
    },
    OpRow("cross-entropy", [HarnessInput([6, 9]), HarnessInput([6], .integers(0..<9))]) { (b, x) throws(Diagnostic) in
      let target = try b.add(.gather(Gather(batchDims: 1)), [x[0], x[1]])
      return [try b.binary(.sub, try b.add(.logSumExp(LogSumExp()), [x[0]]), target)]
    },
    OpRow("value used many times", [HarnessInput([4])]) { (b, x) throws(Diagnostic) in
      let e = try b.unary(.exp, x[0])
      let t = try b.binary(.mul, e, x[0])
      return [try b.binary(.add, try b.binary(.mul, t, e), try b.binary(.sub, t, x[0])), e]
    },
  ]
}
