import Support
import TensorIR

/// Operations along axes.
extension ReverseSweep {
  /// Sum: the cotangent everywhere. Max: the cotangent divided equally among the elements equal to the maximum.
  static func reduce(_ op: Reduce, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let (g, x) = (site.cotangent, site.operands[0])
    let shape = b.shape(x)
    let kept = shape.indices.filter { !op.axes.contains($0) }
    switch op.kind {
    case .sum:
      return try b.broadcast(g, to: shape, axes: kept)
    case .max:
      let isMaximum = try b.compare(.eq, x, try b.broadcast(site.result, to: shape, axes: kept))
      let count = try b.reduce(.sum, try b.convert(isMaximum, to: b.type(x).element), axes: op.axes)
      let share = try b.broadcast(try b.binary(.div, g, count), to: shape, axes: kept)
      return try b.select(isMaximum, share, try b.splat(0, b.type(x)))
    }
  }

  /// p·(g − Σ g·p).
  static func softmax(_ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let (g, p) = (site.cotangent, site.result)
    let shape = b.shape(p)
    let total = try b.reduce(.sum, try b.binary(.mul, g, p), axes: [shape.count - 1])
    let centred = try b.binary(.sub, g, try b.broadcast(total, to: shape, axes: Array(0..<shape.count - 1)))
    return try b.binary(.mul, p, centred)
  }

  /// softmax(x)·g.
  static func logSumExp(_ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let x = site.operands[0]
    let shape = b.shape(x)
    let p = try b.add(.softmax(Softmax()), [x])
    return try b.binary(.mul, p, try b.broadcast(site.cotangent, to: shape, axes: Array(0..<shape.count - 1)))
  }
}
