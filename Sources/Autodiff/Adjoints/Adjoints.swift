import Support
import TensorIR

/// A node to be differentiated: everything a rule needs.
struct AdjointSite {
  let node: Node
  /// The derivative of the loss with respect to the node's result.
  let cotangent: ValueID
  /// For each operand whether its derivative is asked for.
  let wanted: [Bool]

  var operands: [ValueID] { node.operands }
  var result: ValueID { node.result }
}

/// What a rule gives.
enum Adjoint {
  /// A contribution to the derivative of each operand, of its type; nil where it is zero or not wanted.
  case operands([ValueID?])
  /// The operation's result does not depend smoothly on its operands.
  case notDifferentiable
}

extension ReverseSweep {
  /// The adjoint of an operation, appended to `b`.
  static func adjoint(of op: Op, _ site: AdjointSite, _ b: inout Builder) throws(Diagnostic) -> Adjoint {
    switch op {
    // Fused operations come after differentiation.
    case .constant, .iota, .compare, .argsort, .argmax, .attention, .attentionGradient, .layerNorm, .layerNormGradient,
      .linearCrossEntropy, .linearCrossEntropyGradient:
      .notDifferentiable
    case .stopGradient: .operands([nil])
    case .unary(let op): try unary(op.kind, site, &b)
    case .binary(let op): try binary(op.kind, site, &b)
    case .select: .operands(try select(site, &b))
    case .convert: .operands([try convert(site, &b)])
    case .broadcast(let op): .operands([try broadcast(op, site, &b)])
    case .reshape: .operands([try b.reshape(site.cotangent, to: b.shape(site.operands[0]))])
    case .transpose(let op): .operands([try b.transpose(site.cotangent, op.inverse.permutation)])
    case .slice(let op): .operands([try slice(op, site, &b)])
    case .concat(let op): .operands(try concat(op, site, &b))
    case .pad(let op): .operands([try pad(op, site, &b)])
    case .reduce(let op): .operands([try reduce(op, site, &b)])
    case .matmul(let op): .operands(try matmul(op, site, &b))
    case .gather(let op): .operands([try gather(op, site, &b), nil])
    case .scatterAdd(let op): .operands([try scatterAdd(op, site, &b), nil])
    case .softmax: .operands([try softmax(site, &b)])
    case .logSumExp: .operands([try logSumExp(site, &b)])
    case .dropout(let op): .operands([try b.add(.dropout(op), [site.cotangent, site.operands[1]]), nil])
    }
  }

  /// Whether a result of the operation may depend smoothly on an operand.
  static func passesGradients(_ op: Op) -> Bool {
    switch op {
    case .constant, .iota, .compare, .argsort, .argmax, .stopGradient: false
    case .unary(let op): op.kind != .sign && op.kind != .not
    case .binary(let op): op.kind != .and && op.kind != .or
    case .select, .convert, .broadcast, .reshape, .transpose, .slice, .concat, .pad, .reduce, .matmul, .gather,
      .scatterAdd,
      .softmax, .logSumExp, .dropout, .attention, .attentionGradient, .layerNorm, .layerNormGradient,
      .linearCrossEntropy, .linearCrossEntropyGradient:
      true
    }
  }
}
