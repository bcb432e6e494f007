import Support
import TensorIR

/// Operations that move elements: their adjoints move them back, and add where one element went to many places.
extension ReverseSweep {
  static func broadcast(_ op: Broadcast, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let shape = b.shape(site.operands[0])
    let kept = op.axes.indices.filter { shape[$0] == op.shape[op.axes[$0]] }.map { op.axes[$0] }
    let repeated = op.shape.indices.filter { !kept.contains($0) }
    return try b.reshape(try b.reduce(.sum, site.cotangent, axes: repeated), to: shape)
  }

  static func slice(_ op: Slice, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let (whole, box) = (b.shape(site.operands[0]), b.shape(site.result))
    let high = whole.indices.map { whole[$0] - op.start[$0] - (box[$0] - 1) * op.step[$0] - 1 }
    return try b.add(.pad(Pad(low: op.start, high: high, interior: op.step.map { $0 - 1 })), [site.cotangent])
  }

  static func pad(_ op: Pad, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let shape = b.shape(site.operands[0])
    let limit = shape.indices.map { op.low[$0] + (shape[$0] - 1) * (op.interior[$0] + 1) + 1 }
    return try b.add(.slice(Slice(start: op.low, limit: limit, step: op.interior.map { $0 + 1 })), [site.cotangent])
  }

  static func concat(_ op: Concat, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> [ValueID?] {
    var limit = b.shape(site.result)
    var start = limit.map { _ in 0 }
    var parts: [ValueID?] = []
    for (index, operand) in site.operands.enumerated() {
      limit[op.axis] = start[op.axis] + b.shape(operand)[op.axis]
      parts.append(site.wanted[index] ? try b.add(.slice(Slice(start: start, limit: limit)), [site.cotangent]) : nil)
      start[op.axis] = limit[op.axis]
    }
    return parts
  }

  static func gather(_ op: Gather, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let scatter = ScatterAdd(batchDims: op.batchDims, shape: b.shape(site.operands[0]))
    return try b.add(.scatterAdd(scatter), [site.cotangent, site.operands[1]])
  }

  static func scatterAdd(_ op: ScatterAdd, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    try b.add(.gather(Gather(batchDims: op.batchDims)), [site.cotangent, site.operands[1]])
  }
}
