// a = op(x…), b = op(x…)  ⇒  b := a      (add, mul, and, or: in either order of operands)

import Support
import TensorIR

extension Pass {
  /// Computes equal expressions once. Every operation is pure: a dropout is a function of its seed and stream.
  public static let cse = Pass(name: "cse", summary: "compute equal expressions once", level: 0) {
    (function, context) throws(Diagnostic) in
    var seen: [Expression: [ValueID]] = [:]
    seen.reserveCapacity(function.nodes.count)
    return try Rewriter.rewrite(function) { (rewriter, node, operands) throws(Diagnostic) in
      guard let expression = Expression(node.op, operands) else { return nil }
      if let values = seen[expression] {
        let first = rewriter.definition(of: values[0])?.provenance.layer ?? ""
        let leave = context.fire(
          "equal expression", at: node.provenance, "\(node.op.mnemonic)\(first.isEmpty ? "" : " as in \(first)")")
        if leave { return values }
        return nil
      }
      let values = try rewriter.addAll(node.op, operands)
      seen[expression] = values
      return values
    }
  }
}

/// An operation and its operands, equal only to what computes the same bits.
private struct Expression: Hashable {
  let op: Op
  let operands: [ValueID]
  /// Of a splat, since 0 and −0 compare equal.
  let bits: UInt64

  /// Nil for constants that hold NaN or a list with −0, which `==` does not tell apart rightly.
  init?(_ op: Op, _ operands: [ValueID]) {
    self.op = op
    var operands = operands
    var bits: UInt64 = 0
    if case .constant(let constant) = op {
      switch constant.value {
      case .splat(let value):
        if value.isNaN { return nil }
        bits = value.bitPattern
      case .dense(let list):
        if list.contains(where: { $0.isNaN || ($0 == 0 && $0.sign == .minus) }) { return nil }
      }
    }
    if case .binary(let binary) = op, binary.isCommutative, operands[1] < operands[0] { operands.swapAt(0, 1) }
    self.operands = operands
    self.bits = bits
  }
}

extension Binary {
  /// Whether the operands may change places without changing a bit.
  package var isCommutative: Bool {
    switch kind {
    case .add, .mul, .and, .or: true
    default: false
    }
  }
}
