import TensorIR

/// Operations that treat each element by itself.
extension Interpreter {
  static func constant(_ op: Constant) -> HostTensor {
    switch op.value {
    case .splat(let value): return HostTensor(op.type, splat: value)
    case .dense(let list):
      if op.type.element.isFloat { return HostTensor(op.type, list) }
      let isBool = op.type.element == .bool
      return HostTensor(op.type, list.map { isBool ? ($0 == 0 ? 0 : 1) : Int64(saturating: $0) })
    }
  }

  static func iota(_ op: Iota) -> HostTensor {
    let (stride, size) = (op.type.strides[op.axis], op.type.shape[op.axis])
    return HostTensor(op.type, (0..<op.type.count).map { Int64($0 / stride % size) })
  }

  static func unary(_ kind: Unary.Kind, _ x: HostTensor) -> HostTensor {
    switch x.elements {
    case .reals(let values): return HostTensor(x.type, map(values) { kind($0) })
    case .integers(let values):
      let element = x.type.element
      switch kind {
      case .neg: return HostTensor(x.type, map(values) { Rounding.wrap(0 &- $0, to: element) })
      case .abs: return HostTensor(x.type, map(values) { Rounding.wrap($0 < 0 ? 0 &- $0 : $0, to: element) })
      case .sign: return HostTensor(x.type, map(values) { $0.signum() })
      case .not: return HostTensor(x.type, map(values) { 1 - $0 })
      default: preconditionFailure("\(kind.rawValue) takes floating point")
      }
    }
  }

  static func binary(_ kind: Binary.Kind, _ a: HostTensor, _ b: HostTensor) -> HostTensor {
    switch (a.elements, b.elements) {
    case (.reals(let p), .reals(let q)): return HostTensor(a.type, zip(p, q) { kind($0, $1) })
    case (.integers(let p), .integers(let q)):
      let element = a.type.element
      switch kind {
      case .add: return HostTensor(a.type, zip(p, q) { Rounding.wrap($0 &+ $1, to: element) })
      case .sub: return HostTensor(a.type, zip(p, q) { Rounding.wrap($0 &- $1, to: element) })
      case .mul: return HostTensor(a.type, zip(p, q) { Rounding.wrap($0 &* $1, to: element) })
      case .max: return HostTensor(a.type, zip(p, q) { Swift.max($0, $1) })
      case .min: return HostTensor(a.type, zip(p, q) { Swift.min($0, $1) })
      case .and: return HostTensor(a.type, zip(p, q) { $0 & $1 })
      case .or: return HostTensor(a.type, zip(p, q) { $0 | $1 })
      default: preconditionFailure("\(kind.rawValue) takes floating point")
      }
    case (.reals, .integers), (.integers, .reals): preconditionFailure("operands differ in type")
    }
  }

  static func compare(_ kind: Compare.Kind, _ a: HostTensor, _ b: HostTensor) -> HostTensor {
    func holds<T: Comparable>(_ p: [T], _ q: [T]) -> [Int64] {
      switch kind {
      case .eq: zip(p, q) { $0 == $1 ? 1 : 0 }
      case .ne: zip(p, q) { $0 != $1 ? 1 : 0 }
      case .lt: zip(p, q) { $0 < $1 ? 1 : 0 }
      case .le: zip(p, q) { $0 <= $1 ? 1 : 0 }
      case .gt: zip(p, q) { $0 > $1 ? 1 : 0 }
      case .ge: zip(p, q) { $0 >= $1 ? 1 : 0 }
      }
    }
    let type = a.type.with(.bool)
    switch (a.elements, b.elements) {
    case (.reals(let p), .reals(let q)): return HostTensor(type, holds(p, q))
    case (.integers(let p), .integers(let q)): return HostTensor(type, holds(p, q))
    case (.reals, .integers), (.integers, .reals): preconditionFailure("operands differ in type")
    }
  }

  static func select(_ condition: HostTensor, _ a: HostTensor, _ b: HostTensor) -> HostTensor {
    let chosen = condition.integers
    func pick<T>(_ p: [T], _ q: [T]) -> [T] { chosen.indices.map { chosen[$0] != 0 ? p[$0] : q[$0] } }
    switch (a.elements, b.elements) {
    case (.reals(let p), .reals(let q)): return HostTensor(a.type, pick(p, q))
    case (.integers(let p), .integers(let q)): return HostTensor(a.type, pick(p, q))
    case (.reals, .integers), (.integers, .reals): preconditionFailure("operands differ in type")
    }
  }

  /// Float to narrower float keeps f64 precision; `Options.roundToType` rounds it as it rounds every result.
  static func convert(_ x: HostTensor, to element: ElementType) -> HostTensor {
    let type = x.type.with(element)
    if element.isFloat { return HostTensor(type, x.reals) }
    if element == .bool {
      switch x.elements {
      case .reals(let values): return HostTensor(type, values.map { Int64($0 != 0 ? 1 : 0) })
      case .integers(let values): return HostTensor(type, values.map { Int64($0 != 0 ? 1 : 0) })
      }
    }
    return HostTensor(type, x.integers.map { Rounding.wrap($0, to: element) })
  }

  @inline(__always)
  private static func map<T>(_ x: [T], _ f: (T) -> T) -> [T] {
    x.withUnsafeBufferPointer { x in
      [T](unsafeUninitializedCapacity: x.count) { out, count in
        for i in 0..<x.count { out[i] = f(x[i]) }
        count = x.count
      }
    }
  }

  @inline(__always)
  private static func zip<T, R>(_ x: [T], _ y: [T], _ f: (T, T) -> R) -> [R] {
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        [R](unsafeUninitializedCapacity: x.count) { out, count in
          for i in 0..<x.count { out[i] = f(x[i], y[i]) }
          count = x.count
        }
      }
    }
  }
}
