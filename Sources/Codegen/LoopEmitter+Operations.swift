import BufferIR
import LLVMKit
import Support
import TensorIR

/// One emission per element-wise operation, for scalars and vectors alike.
extension LoopEmitter {
  /// `isRough`: the argument was rounded to bf16 before.
  func unary(
    _ kind: Unary.Kind, _ x: Value, _ element: ElementType, isRough: Bool = false
  ) throws(Diagnostic) -> Value {
    let isFloat = element.isFloat
    switch kind {
    case .neg: return isFloat ? e.fneg(x) : e.sub(e.zero(x.type), x)
    case .abs: return isFloat ? e.fabs(x) : e.smax(x, e.sub(e.zero(x.type), x))
    case .sign:
      let (one, minus, zero) = (e.constant(x.type, 1), e.constant(x.type, -1), e.zero(x.type))
      return isFloat
        ? e.select(e.fcmp(.ogt, x, zero), one, e.select(e.fcmp(.olt, x, zero), minus, x))
        : e.select(e.icmp(.sgt, x, zero), one, e.select(e.icmp(.slt, x, zero), minus, zero))
    case .not: return e.xor(x, e.not(e.zero(x.type)))
    case .sqrt: return e.sqrt(x)
    case .rsqrt: return e.fdiv(e.constant(x.type, 1.0), e.sqrt(x))
    case .exp: return VectorMath(e).exp(x)
    case .log: return VectorMath(e).log(x)
    case .tanh: return VectorMath(e).tanh(x)
    case .erf: return VectorMath(e).erf(x)
    case .gelu: return VectorMath(e, isRough: isRough).gelu(x)
    case .geluDerivative: return VectorMath(e, isRough: isRough).geluDerivative(x)
    }
  }

  func binary(_ kind: Binary.Kind, _ a: Value, _ b: Value, _ element: ElementType) -> Value {
    let isFloat = element.isFloat
    switch kind {
    case .add: return isFloat ? e.fadd(a, b, fast: .contract) : e.add(a, b)
    case .sub: return isFloat ? e.fsub(a, b, fast: .contract) : e.sub(a, b)
    case .mul: return isFloat ? e.fmul(a, b, fast: .contract) : e.mul(a, b)
    case .div: return e.fdiv(a, b)
    case .max: return isFloat ? orNaN(e.select(e.fcmp(.ogt, a, b), a, b), a) : e.smax(a, b)
    case .min: return isFloat ? orNaN(e.select(e.fcmp(.olt, a, b), a, b), a) : e.smin(a, b)
    case .and: return e.and(a, b)
    case .or: return e.or(a, b)
    }
  }

  /// `a` where it is NaN (a NaN in `b` came through the comparison already).
  private func orNaN(_ result: Value, _ a: Value) -> Value { e.select(e.fcmp(.uno, a, a), a, result) }

  func compare(_ kind: Compare.Kind, _ a: Value, _ b: Value, _ element: ElementType) -> Value {
    if element.isFloat {
      let relation: FloatComparison =
        switch kind {
        case .eq: .oeq
        case .ne: .une
        case .lt: .olt
        case .le: .ole
        case .gt: .ogt
        case .ge: .oge
        }
      return e.fcmp(relation, a, b)
    }
    let relation: IntComparison =
      switch kind {
      case .eq: .eq
      case .ne: .ne
      case .lt: .slt
      case .le: .sle
      case .gt: .sgt
      case .ge: .sge
      }
    return e.icmp(relation, a, b)
  }

  func convert(_ x: Value, from source: ElementType, to target: ElementType) -> Value {
    if source == target { return x }
    let type = frame.registerType(target)
    switch (source, target) {
    case (.bool, .i32), (.bool, .i64): return e.zext(x, to: type)
    case (.bool, _): return e.uitofp(x, to: type)
    case (_, .bool): return source.isFloat ? e.fcmp(.une, x, e.zero(x.type)) : e.icmp(.ne, x, e.zero(x.type))
    case (.i32, .i64): return e.sext(x, to: type)
    case (.i64, .i32): return e.trunc(x, to: type)
    case (.i32, _), (.i64, _):
      let value = e.sitofp(x, to: type)
      return target == .bf16 ? e.roundToBF16(value) : value
    case (_, .i32), (_, .i64): return e.fptosi(x, to: type)
    case (.f32, .f64), (.bf16, .f64): return e.fpext(x, to: type)
    case (.f64, .f32): return e.fptrunc(x, to: type)
    case (.f64, .bf16): return e.roundToBF16(e.fptrunc(x, to: e.f32))
    case (.f32, .bf16): return e.roundToBF16(x)
    case (.bf16, .f32): return x
    default: return x
    }
  }

  /// The random bits of elements that begin at an index and are `stride` apart.
  func dropoutBits(_ count: Int, seed: Value, _ op: Dropout, _ index: Value, _ stride: Int) -> Value {
    let philox = PhiloxEmitter(e, seed: seed, stream: frame.stream(op.stream))
    if stride == 1 || lanes == 1 { return philox.words(base: index, lanes: count) }
    let steps = e.mul(e.iota(e.i64, count), e.splat(e.i64(stride), count))
    return philox.words(indices: e.add(e.splat(index, count), steps))
  }

  /// Keeps an element iff its random bits reach the threshold; see `Dropout`.
  func dropout(_ x: Value, _ bits: Value, _ op: Dropout) -> Value {
    var bits = bits
    if !x.type.isVector && bits.type.isVector { bits = e.extract(bits, at: 0) }
    let keep = e.icmp(.uge, bits, e.constant(bits.type, Int(op.threshold)))
    let scaled = e.fmul(x, e.constant(x.type, 1 / (1 - op.rate)))
    return e.select(keep, scaled, e.zero(x.type))
  }

  /// The value that changes nothing.
  func neutral(_ kind: Reduce.Kind, _ element: ElementType) -> Value {
    let type = frame.registerType(element)
    switch kind {
    case .sum: return type.isInteger ? e.constant(type, 0) : e.constant(type, 0.0)
    case .max:
      if !type.isInteger { return e.constant(type, -Double.infinity) }
      return e.constant(type, element == .i64 ? Int.min : Int(Int32.min))
    }
  }

  func combine(_ kind: Reduce.Kind, _ a: Value, _ b: Value, _ element: ElementType) -> Value {
    switch kind {
    case .sum: element.isFloat ? e.fadd(a, b) : e.add(a, b)
    case .max: binary(.max, a, b, element)
    }
  }

  /// Combines the lanes pairwise: always in the same order.
  func reduceLanes(_ kind: Reduce.Kind, _ value: Value, _ element: ElementType) -> Value {
    var value = value
    var count = value.lanes
    while count > 1 {
      count /= 2
      value = combine(kind, e.slice(value, from: 0, count: count), e.slice(value, from: count, count: count), element)
    }
    return value.type.isVector ? e.extract(value, at: 0) : value
  }
}
