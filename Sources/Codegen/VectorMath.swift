import LLVMKit

/// Elementary functions as straight-line code on vectors of any lane count, or on scalars.
///
/// f32 is computed with minimax polynomials and fused multiply-adds, without tables or branches: the bits are the same
/// for every lane count and every target that has fused multiply-add. f64 calls the C library lane by lane. Other types
/// must be widened first.
package struct VectorMath {
  package let e: Emitter
  /// Whether arguments have been, or results will be, rounded to bf16: then a relative error of 1.5e-4 is far below that.
  let isRough: Bool

  package init(_ e: Emitter, isRough: Bool = false) {
    self.e = e
    self.isRough = isRough
  }

  /// 1 / √x, both steps correctly rounded.
  package func rsqrt(_ x: Value) -> Value { e.fdiv(number(x, 1), e.sqrt(x)) }

  /// 1 / (1 + e⁻ˣ).
  package func sigmoid(_ x: Value) -> Value {
    e.fdiv(number(x, 1), e.fadd(number(x, 1), exp(e.fneg(x))))
  }

  /// Whether x has double precision and goes to the C library; stops the compiler on types that are neither f32 nor
  /// f64.
  func isDouble(_ x: Value) -> Bool {
    let element = x.type.element
    precondition(element == e.f32 || element == e.f64, "elementary functions take f32 or f64, not \(x.type)")
    return element == e.f64
  }

  /// A constant in the type of `x`.
  func number(_ x: Value, _ value: Double) -> Value { e.constant(x.type, value) }

  /// a · b + c: fused where the target can.
  func mulAdd(_ a: Value, _ b: Value, _ c: Value) -> Value {
    e.module.target.hasFusedMultiplyAdd ? e.fma(a, b, c) : e.fadd(e.fmul(a, b), c)
  }

  /// coefficients[0] + coefficients[1]·x + … by Horner's rule.
  func polynomial(_ x: Value, _ coefficients: [Double]) -> Value {
    var sum = number(x, coefficients[coefficients.count - 1])
    for coefficient in coefficients.dropLast().reversed() { sum = mulAdd(sum, x, number(x, coefficient)) }
    return sum
  }

  /// Calls a function of the C library, f64 to f64, once per lane.
  func lanewise(_ name: String, _ x: Value) -> Value {
    let function = e.module.declare(name, params: [e.f64], result: e.f64)
    if !x.type.isVector { return e.call(function, [x]) }
    var result = e.poison(x.type)
    for lane in 0..<x.lanes {
      result = e.insert(e.call(function, [e.extract(x, at: lane)]), into: result, at: lane)
    }
    return result
  }
}
