import Support
import TensorIR

/// The cases of `Samples/op_samples.py` in tensor IR.
struct OpSampleCase: Sendable, CustomStringConvertible {
  typealias Body = @Sendable (inout Builder, [ValueID]) throws(Diagnostic) -> ValueID
  let name: String
  let body: Body
  var description: String { name }

  init(_ name: String, _ body: @escaping Body) {
    self.name = name
    self.body = body
  }

  private static func unary(_ kind: Unary.Kind) -> OpSampleCase {
    OpSampleCase(kind.rawValue) { (b, x) throws(Diagnostic) in try b.unary(kind, x[0]) }
  }

  private static func one(_ name: String, _ op: Op) -> OpSampleCase {
    OpSampleCase(name) { (b, x) throws(Diagnostic) in try b.add(op, x) }
  }

  static let all: [OpSampleCase] = elementwise + movement + composites

  private static let elementwise: [OpSampleCase] =
    [.abs, .exp, .log, .sqrt, .rsqrt, .tanh, .erf, .gelu, .geluDerivative, .sign].map(unary) + [
      one("div", .binary(Binary(.div))), one("maximum", .binary(Binary(.max))), one("minimum", .binary(Binary(.min))),
      one("amax", .reduce(Reduce(.max, axes: [0, 2]))), one("sum", .reduce(Reduce(.sum, axes: [0, 2]))),
      one("softmax", .softmax(Softmax())), one("log_sum_exp", .logSumExp(LogSumExp())),
      one("argsort", .argsort(Argsort())),
      one("argmax", .argmax(Argmax())), one("matmul", .matmul(Matmul())),
      one("matmul_tt", .matmul(Matmul(transposeA: true, transposeB: true))),
      OpSampleCase("where") { (b, x) throws(Diagnostic) in
        try b.select(try b.compare(.gt, x[0], x[1]), try b.binary(.mul, x[0], x[1]), x[1])
      },
      OpSampleCase("bf16") { (b, x) throws(Diagnostic) in try b.convert(try b.convert(x[0], to: .bf16), to: .f32) },
    ]

  private static let movement: [OpSampleCase] = [
    one("embedding", .gather(Gather(batchDims: 0))), one("batched_gather", .gather(Gather(batchDims: 1))),
    one("scatter_add", .scatterAdd(ScatterAdd(batchDims: 0, shape: [4, 3]))),
    one("strided_slice", .slice(Slice(start: [1, 0, 2], limit: [5, 2, 7], step: [2, 1, 3]))),
    one("pad", .pad(Pad(low: [0, 2], high: [3, 1]))), one("permute", .transpose(Transpose([2, 0, 3, 1]))),
    OpSampleCase("concat") { (b, x) throws(Diagnostic) in try b.add(.concat(Concat(axis: 1)), [x[0], x[1], x[0]]) },
  ]

  private static let composites: [OpSampleCase] = [
    OpSampleCase("linear") { (b, x) throws(Diagnostic) in
      try b.binary(.add, try b.matmul(x[0], x[1], transposeB: true), try b.broadcast(x[2], to: [4, 3], axes: [1]))
    },
    OpSampleCase("layer_norm") { (b, x) throws(Diagnostic) in
      let mean = try b.scale(try b.reduce(.sum, x[0], axes: [1]), by: 0.125)
      let centred = try b.binary(.sub, x[0], try b.broadcast(mean, to: [3, 8], axes: [0]))
      let variance = try b.scale(try b.reduce(.sum, try b.binary(.mul, centred, centred), axes: [1]), by: 0.125)
      let rstd = try b.unary(.rsqrt, try b.binary(.add, variance, try b.splat(1e-6, b.type(variance))))
      let normal = try b.binary(.mul, centred, try b.broadcast(rstd, to: [3, 8], axes: [0]))
      let scaled = try b.binary(.mul, normal, try b.broadcast(x[1], to: [3, 8], axes: [1]))
      return try b.binary(.add, scaled, try b.broadcast(x[2], to: [3, 8], axes: [1]))
    },
    OpSampleCase("attention") { (b, x) throws(Diagnostic) in
      let scores = try b.scale(try b.matmul(x[0], x[1], transposeB: true), by: 0.5)
      return try b.matmul(try b.add(.softmax(Softmax()), [scores]), x[2])
    },
    OpSampleCase("cross_entropy") { (b, x) throws(Diagnostic) in
      let target = try b.add(.gather(Gather(batchDims: 1)), [x[0], x[1]])
      let losses = try b.binary(.sub, try b.add(.logSumExp(LogSumExp()), [x[0]]), target)
      return try b.scale(try b.reduce(.sum, losses, axes: [0]), by: 1.0 / 6)
    },
  ]
}
