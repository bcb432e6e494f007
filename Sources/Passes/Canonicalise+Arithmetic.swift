// −(−x) ⇒ x      ¬¬x ⇒ x      |−x|, ||x|| ⇒ |x|
// c + x ⇒ x + c      x + 0 ⇒ x      x + (−y) ⇒ x − y      x − 0 ⇒ x      0 − x ⇒ −x      x − (−y) ⇒ x + y
// c · x ⇒ x · c      x · 1 ⇒ x      x · (−1) ⇒ −x      (−x) · c ⇒ x · (−c)      (−x) · (−y) ⇒ x · y
// x / 1 ⇒ x      x / c ⇒ x · (1/c) for c = ±2ᵏ
// max(x, x), min(x, x), x ∧ x, x ∨ x ⇒ x      x ∧ true, x ∨ false ⇒ x      x ∧ false ⇒ false      x ∨ true ⇒ true
// select(true, a, b) ⇒ a      select(false, a, b) ⇒ b      select(c, a, a) ⇒ a      select(¬c, a, b) ⇒ select(c, b, a)
// convert(x) to its own type ⇒ x      convert(convert(x)) ⇒ convert(x) if the inner one loses nothing
// matmul(a, b) : bf16 ⇒ convert(matmul(a, b) {wide})

import TensorIR

extension Matcher {
  func unary(_ op: Unary, _ x: ValueID) -> Match? {
    switch op.kind {
    case .neg: operand(.neg, x).map { Match("−(−x) ⇒ x", $0) }
    case .not: operand(.not, x).map { Match("¬¬x ⇒ x", $0) }
    case .abs:
      operand(.neg, x).map { Match("|−x| ⇒ |x|", .op(.unary(op), $0)) }
        ?? operand(.abs, x).map { _ in Match("||x|| ⇒ |x|", x) }
    default: nil
    }
  }

  /// The rounding of a product of bf16 as an operation of its own, which can run where the product is read.
  func matmul(_ op: Matmul, _ x: [ValueID]) -> Match? {
    if op.wide || type(x[0]).element != .bf16 { return nil }
    let product = Matmul(transposeA: op.transposeA, transposeB: op.transposeB, wide: true)
    return Match(
      "matmul(a, b) : bf16 ⇒ convert(matmul(a, b) {wide})",
      .op(.convert(Convert(.bf16)), [.op(.matmul(product), x.map { .value($0) })]))
  }

  func binary(_ op: Binary, _ a: ValueID, _ b: ValueID) -> Match? {
    if op.isCommutative, splat(a) != nil, splat(b) == nil {
      return Match("constants on the right", .op(.binary(op), [.value(b), .value(a)]))
    }
    switch op.kind {
    case .add: return sum(a, b) ?? sumOfPads(a, b)
    case .sub: return difference(a, b)
    case .mul: return product(a, b)
    case .div: return quotient(a, b)
    case .max, .min: return a == b ? Match("max(x, x) ⇒ x", a) : nil
    case .and, .or:
      if a == b { return Match("x ∧ x ⇒ x", a) }
      guard let c = splat(b) else { return nil }
      return Match("x ∧ constant", (c != 0) == (op.kind == .and) ? a : b)
    }
  }

  private func sum(_ a: ValueID, _ b: ValueID) -> Match? {
    if splat(b) == 0 { return Match("x + 0 ⇒ x", a) }
    if let y = operand(.neg, b) {
      return Match("x + (−y) ⇒ x − y", .op(.binary(Binary(.sub)), [.value(a), .value(y)]))
    }
    if let x = operand(.neg, a) {
      return Match("(−x) + y ⇒ y − x", .op(.binary(Binary(.sub)), [.value(b), .value(x)]))
    }
    return nil
  }

  private func difference(_ a: ValueID, _ b: ValueID) -> Match? {
    if splat(b) == 0 { return Match("x − 0 ⇒ x", a) }
    if splat(a) == 0 { return Match("0 − x ⇒ −x", .op(.unary(Unary(.neg)), b)) }
    if let y = operand(.neg, b) {
      return Match("x − (−y) ⇒ x + y", .op(.binary(Binary(.add)), [.value(a), .value(y)]))
    }
    return nil
  }

  private func product(_ a: ValueID, _ b: ValueID) -> Match? {
    let mul = Op.binary(Binary(.mul))
    if let c = splat(b) {
      if c == 1 { return Match("x · 1 ⇒ x", a) }
      if c == -1 { return Match("x · (−1) ⇒ −x", .op(.unary(Unary(.neg)), a)) }
      if let x = operand(.neg, a), type(a).element.isFloat {
        return Match("(−x) · c ⇒ x · (−c)", .op(mul, [.value(x), .splat(-c, type(b))]))
      }
    }
    if let x = operand(.neg, a), let y = operand(.neg, b) {
      return Match("(−x) · (−y) ⇒ x · y", .op(mul, [.value(x), .value(y)]))
    }
    return nil
  }

  private func quotient(_ a: ValueID, _ b: ValueID) -> Match? {
    guard let c = splat(b) else { return nil }
    if c == 1 { return Match("x / 1 ⇒ x", a) }
    // f32 and bf16 have the exponents −126…127.
    if c.isFinite, c != 0, c.significand == 1, abs(c.exponent) <= 126 {
      return Match("x / c ⇒ x · (1/c)", .op(.binary(Binary(.mul)), [.value(a), .splat(1 / c, type(b))]))
    }
    return nil
  }

  func select(_ condition: ValueID, _ a: ValueID, _ b: ValueID) -> Match? {
    if a == b { return Match("select(c, a, a) ⇒ a", a) }
    if let c = splat(condition) { return Match("select(constant, a, b)", c != 0 ? a : b) }
    if let c = operand(.not, condition) {
      return Match("select(¬c, a, b) ⇒ select(c, b, a)", .op(.select(Select()), [.value(c), .value(b), .value(a)]))
    }
    return nil
  }

  func convert(_ op: Convert, _ x: ValueID) -> Match? {
    if type(x).element == op.element { return Match("convert to the same type ⇒ x", x) }
    if let match = splatted(.convert(op), x) { return match }
    guard let inner = node(x), case .convert = inner.op,
      type(x).element.holdsExactly(type(inner.operands[0]).element)
    else { return nil }
    return Match("convert(convert(x)) ⇒ convert(x)", .op(.convert(op), inner.operands[0]))
  }
}

extension ElementType {
  /// Whether every value of `other` is a value of this type.
  func holdsExactly(_ other: ElementType) -> Bool {
    switch other {
    case .bool: true
    case .bf16: self == .bf16 || self == .f32 || self == .f64
    case .f32: self == .f32 || self == .f64
    case .f64: self == .f64
    case .i32: self == .i32 || self == .i64 || self == .f64
    case .i64: self == .i64
    }
  }
}
