/// Instructions of AVX-512 that LLVM has no operations of its own for: one each, or what it does where the target is emulated.
///
/// Source: Intel's Software Developer's Manual, volume 2.
extension Emitter {
  /// sum + a₁ · b₁ + a₀ · b₀ of 16 pairs: `sum` 16 × f32, `a` and `b` 32 × bf16, rounded after each; subnormal numbers
  /// count as 0 (VDPBF16PS, of AVX512_BF16).
  public func addProductsOfPairs(_ sum: Value, _ a: Value, _ b: Value) -> Value {
    if !module.target.isEmulated { return intrinsic("llvm.x86.avx512bf16.dpbf16ps.512", [], [sum, a, b]) }
    func halves(_ pairs: Value) -> (high: Value, low: Value) {
      let bits = bitcast(pairs, to: i32.vector(16))
      let high = and(bits, constant(bits.type, -65536))
      return (
        flushed(bitcast(high, to: sum.type)), flushed(bitcast(shl(bits, constant(bits.type, 16)), to: sum.type))
      )
    }
    let (left, right) = (halves(a), halves(b))
    let first = flushed(fma(left.high, right.high, flushed(sum)))
    return flushed(fma(left.low, right.low, first))
  }

  /// x · 2^⌊n⌋ of 16 × f32, rounded once (VSCALEFPS). Emulated, |x| is 0 or from 2⁻⁸ to 2⁸.
  public func scaleByPower(_ x: Value, _ n: Value) -> Value {
    if !module.target.isEmulated {
      return intrinsic("llvm.x86.avx512.mask.scalef.ps.512", [], [x, n, zero(x.type), constant(i16, -1), i32(4)])
    }
    let limited = fmax(fmin(floor(n), constant(x.type, 254)), constant(x.type, -252))
    return select(fcmp(.uno, n, n), n, scaleByHalves(x, fptosi(limited, to: i32)))
  }

  /// x · 2ⁿ of f32 by a product with each half of 2ⁿ, −252 ≤ n ≤ 254: rounded once where |x| is near 1.
  public func scaleByHalves(_ x: Value, _ exponent: Value) -> Value {
    let integer = exponent.type
    let half = ashr(exponent, constant(integer, 1))
    func power(_ exponent: Value) -> Value {
      bitcast(shl(add(exponent, constant(integer, 127)), constant(integer, 23)), to: x.type)
    }
    return fmul(fmul(x, power(half)), power(sub(exponent, half)))
  }

  /// x − ⌊x⌋ of 16 × f32, finite (VREDUCEPS, of AVX512DQ).
  public func fractionAboveFloor(_ x: Value) -> Value {
    if !module.target.isEmulated {
      let down = 9  // of all bits before the point, rounding down, without exceptions
      return intrinsic(
        "llvm.x86.avx512.mask.reduce.ps.512", [], [x, i32(down), zero(x.type), constant(i16, -1), i32(4)])
    }
    return fsub(x, floor(x))
  }

  /// 1 / x of 16 × f32 to a relative error of 2⁻¹⁴ (VRCP14PS): which number within it, the processor decides. Emulated, it
  /// has 14 binary digits.
  public func approximateReciprocal(_ x: Value) -> Value {
    if !module.target.isEmulated {
      return intrinsic("llvm.x86.avx512.rcp14.ps.512", [], [x, zero(x.type), constant(i16, -1)])
    }
    let bits = bitcast(fdiv(constant(x.type, 1), x), to: x.type.asInteger)
    return bitcast(and(bits, constant(bits.type, -1 << 9)), to: x.type)
  }

  /// Subnormal numbers of f32 as zeros of their sign, all others as they are.
  func flushed(_ x: Value) -> Value {
    let least = constant(x.type, 0x1p-126)
    return select(fcmp(.olt, fabs(x), least), copysign(zero(x.type), x), x)
  }
}
