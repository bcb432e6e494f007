import Support
import TensorIR

extension ReverseSweep {
  /// y = convert(x): dx = convert(g). Where x is an argument, a parameter kept in f32 for products of bf16, the products
  /// that make up g give it their f32 sums instead of rounding them on the way.
  static func convert(_ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> ValueID {
    let x = site.operands[0]
    let element = b.type(x).element
    var known: [ValueID: ValueID] = [:]
    if x.index < b.function.arguments.count, element == .f32, b.type(site.cotangent).element == .bf16,
      let wide = try widened(site.cotangent, &b, &known)
    {
      return wide
    }
    return try b.convert(site.cotangent, to: element)
  }

  /// The same value with f32 products, nil if it is not made of products.
  /// `known`: values that have been widened.
  private static func widened(
    _ value: ValueID, _ b: inout Builder, _ known: inout [ValueID: ValueID]
  ) throws(Diagnostic) -> ValueID? {
    if let wide = known[value] { return wide }
    let wide = try widen(value, &b, &known)
    known[value] = wide
    return wide
  }

  private static func widen(
    _ value: ValueID, _ b: inout Builder, _ known: inout [ValueID: ValueID]
  ) throws(Diagnostic) -> ValueID? {
    guard let node = b.function.nodes.last(where: { $0.results.contains(value) }) else { return nil }
    if case .matmul(let op) = node.op, !op.wide, b.type(node.operands[0]).element == .bf16 {
      let wide = Matmul(transposeA: op.transposeA, transposeB: op.transposeB, wide: true)
      return try b.add(.matmul(wide), node.operands)
    }
    if case .binary(let op) = node.op, op.kind == .add {
      guard let left = try widened(node.operands[0], &b, &known),
        let right = try widened(node.operands[1], &b, &known)
      else { return nil }
      return try b.binary(.add, left, right)
    }
    guard node.op.movesWholeTensor, let inner = try widened(node.operands[0], &b, &known) else { return nil }
    return try b.add(node.op, [inner])
  }
}

extension Op {
  /// Whether it only writes its operand's elements under another shape.
  fileprivate var movesWholeTensor: Bool {
    if case .reshape = self { return true }
    if case .transpose = self { return true }
    return false
  }
}
