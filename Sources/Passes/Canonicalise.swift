// One form for what can be said in several ways; the equations open each `Canonicalise+….swift`.
// They hold for every input, NaN and infinities too, up to the sign of zero and the order of summation.

import Support
import TensorIR

extension Pass {
  /// Applies the equations from the operands up; what they make is simplified in turn.
  public static let canonicalise = Pass(
    name: "canonicalise", summary: "simplify by algebra: identities, compositions of views, splats, pads and slices",
    level: 0
  ) { (function, context) throws(Diagnostic) in
    try Rewriter.rewrite(function) { (rewriter, node, operands) throws(Diagnostic) in
      guard let match = Matcher(rewriter: rewriter).match(node.op, operands),
        context.fire(match.equation, at: node.provenance)
      else { return nil }
      return [try rewriter.build(match.term, &context)]
    }
  }
}

/// What a rewrite makes: a value there is, or an operation of such.
indirect enum Term {
  case value(ValueID)
  case op(Op, [Term])

  static func op(_ op: Op, _ operand: ValueID) -> Term { .op(op, [.value(operand)]) }
  static func reshape(_ operand: ValueID, _ shape: [Int]) -> Term { .op(.reshape(Reshape(shape)), operand) }
  static func splat(_ value: Double, _ type: TensorType) -> Term { .op(.constant(Constant(.splat(value), type)), []) }
}

/// An equation that applies, and its right-hand side.
struct Match {
  let equation: StaticString
  let term: Term

  init(_ equation: StaticString, _ term: Term) {
    self.equation = equation
    self.term = term
  }

  init(_ equation: StaticString, _ value: ValueID) { self.init(equation, .value(value)) }
}

extension Rewriter {
  /// Adds the nodes of a term, each simplified by the equations.
  fileprivate mutating func build(_ term: Term, _ context: inout PassContext) throws(Diagnostic) -> ValueID {
    switch term {
    case .value(let value): return value
    case .op(let op, let terms):
      var operands: [ValueID] = []
      for term in terms { operands.append(try build(term, &context)) }
      if let match = Matcher(rewriter: self).match(op, operands), context.fire(match.equation, at: provenance) {
        return try build(match.term, &context)
      }
      return try add(op, operands)
    }
  }
}

/// Finds the equation that applies to an operation on values of the function being built.
struct Matcher {
  let rewriter: Rewriter

  func match(_ op: Op, _ x: [ValueID]) -> Match? {
    switch op {
    case .unary(let op): unary(op, x[0])
    case .binary(let op): binary(op, x[0], x[1])
    case .select: select(x[0], x[1], x[2])
    case .convert(let op): convert(op, x[0])
    case .broadcast(let op): broadcast(op, x[0])
    case .reshape(let op): reshape(op, x[0])
    case .transpose(let op): transpose(op, x[0])
    case .slice(let op): slice(op, x[0])
    case .concat(let op): concat(op, x)
    case .pad(let op): pad(op, x[0])
    case .reduce(let op): reduce(op, x[0])
    case .matmul(let op): matmul(op, x)
    case .dropout(let op): op.rate == 0 ? Match("dropout at rate 0 ⇒ x", x[0]) : nil
    case .constant, .iota, .compare, .gather, .scatterAdd, .argsort, .argmax, .softmax, .logSumExp,
      .stopGradient, .attention, .attentionGradient, .layerNorm, .layerNormGradient, .linearCrossEntropy,
      .linearCrossEntropyGradient:
      nil
    }
  }

  func type(_ value: ValueID) -> TensorType { rewriter.type(value) }
  func shape(_ value: ValueID) -> [Int] { rewriter.type(value).shape }
  func node(_ value: ValueID) -> Node? { rewriter.definition(of: value) }

  /// The value a constant has everywhere.
  func splat(_ value: ValueID) -> Double? {
    guard case .constant(let constant)? = node(value)?.op, case .splat(let number) = constant.value else { return nil }
    return number
  }

  /// The operand if the value is this unary of it.
  func operand(_ kind: Unary.Kind, _ value: ValueID) -> ValueID? {
    guard let node = node(value), node.op == .unary(Unary(kind)) else { return nil }
    return node.operands[0]
  }
}
