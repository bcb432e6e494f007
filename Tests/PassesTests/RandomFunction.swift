import Interpreter
import TensorIR

/// SplitMix64: the same graphs at every run.
struct Chance: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}

/// Makes small functions full of what passes look for: identities, chains of views, splats, pads, slices, transposes.
struct RandomFunction {
  var chance: Chance
  var builder: Builder
  var values: [ValueID] = []

  static func make(seed: UInt64, nodes: Int = 40) throws -> Function {
    var made = RandomFunction(chance: Chance(state: seed), builder: Builder(Function(name: "random")))
    for (name, shape) in [("a", [2, 3]), ("b", [3, 2]), ("c", [2, 1, 3]), ("d", [4]), ("e", [2, 2, 2])] {
      made.values.append(made.builder.function.addArgument(Argument(name, TensorType(.f64, shape))))
    }
    for index in 0..<nodes {
      made.builder.provenance = Provenance(layer: "layer.\(index)")
      if let value = try made.node() { made.values.append(value) }
    }
    for (index, value) in made.values.suffix(6).enumerated() {
      made.builder.function.results.append(FunctionResult("r\(index)", value))
    }
    return made.builder.function
  }

  private mutating func pick() -> ValueID { values[chance.below(values.count)] }
  private mutating func number() -> Double { [0, 1, -1, 2, 0.25, 3][chance.below(6)] }
  private mutating func permutation(_ rank: Int) -> [Int] { Array(0..<rank).shuffled(using: &chance) }

  /// A value of that type: one there is, or a splat.
  private mutating func partner(_ type: TensorType) throws -> ValueID {
    let fitting = values.filter { builder.type($0) == type }
    if !fitting.isEmpty && chance.below(3) > 0 { return fitting[chance.below(fitting.count)] }
    return try builder.splat(number(), type)
  }

  private mutating func node() throws -> ValueID? {
    let x = pick()
    let type = builder.type(x)
    if type.count > 200 { return nil }
    switch chance.below(16) {
    case 0, 1:
      let kinds: [Binary.Kind] = [.add, .sub, .mul, .div, .max, .min]
      let y = try partner(type)
      if chance.below(4) == 0 {
        let order = permutation(type.rank)
        let turned = try builder.transpose(y, order)
        return try builder.binary(kinds[chance.below(6)], try builder.transpose(x, order), turned)
      }
      return try chance.below(2) == 0
        ? builder.binary(kinds[chance.below(4)], x, y) : builder.binary(kinds[chance.below(6)], y, x)
    case 2: return try builder.unary([.neg, .abs, .tanh, .neg, .sign][chance.below(5)], x)
    case 3, 4: return try builder.transpose(x, permutation(type.rank))
    case 5: return try builder.add(.reshape(Reshape(reshaped(type.shape))), [x])
    case 6: return try broadcast(x, type)
    case 7, 8: return try slice(x, type)
    case 9:
      if type.rank == 0 { return nil }
      return try builder.add(.concat(Concat(axis: chance.below(type.rank))), [x, try partner(type)])
    case 10: return try pads(x, type)
    case 11:
      let axes = (0..<type.rank).filter { _ in chance.below(2) == 0 }
      return try builder.add(.reduce(Reduce(chance.below(2) == 0 ? .sum : .max, axes: axes)), [x])
    case 12, 13: return try product(x, type)
    case 14:
      let condition = try builder.compare(.lt, x, try partner(type))
      let flipped = chance.below(2) == 0 ? try builder.unary(.not, condition) : condition
      return try builder.select(flipped, try partner(type), x)
    default:
      return try builder.add(.convert(Convert(.f64)), [x])
    }
  }

  private mutating func reshaped(_ shape: [Int]) -> [Int] {
    switch chance.below(3) {
    case 0: return [shape.reduce(1, *)]
    case 1: return shape + [1]
    default: return [1] + shape.filter { $0 != 1 }
    }
  }

  private mutating func broadcast(_ x: ValueID, _ type: TensorType) throws -> ValueID {
    var shape = type.shape.map { $0 == 1 ? 2 : $0 }
    var axes = Array(shape.indices)
    let place = chance.below(shape.count + 1)
    shape.insert(2, at: place)
    axes = axes.map { $0 < place ? $0 : $0 + 1 }
    return try builder.broadcast(x, to: shape, axes: axes)
  }

  private mutating func slice(_ x: ValueID, _ type: TensorType) throws -> ValueID {
    var op = Slice(start: [], limit: [], step: [])
    for size in type.shape {
      let start = chance.below(size)
      op.start.append(start)
      op.limit.append(start + 1 + chance.below(size - start))
      op.step.append(1 + chance.below(2))
    }
    return try builder.add(.slice(op), [x])
  }

  /// One pad, or the sum of the pads of two pieces that adjoin or overlap or leave a gap.
  private mutating func pads(_ x: ValueID, _ type: TensorType) throws -> ValueID? {
    if type.rank == 0 { return nil }
    let axis = chance.below(type.rank)
    let none = type.shape.map { _ in 0 }
    var (first, second) = (Pad(low: none, high: none), Pad(low: none, high: none))
    let total = type.shape[axis] * 2 + 1
    first.low[axis] = chance.below(total - type.shape[axis] + 1)
    first.high[axis] = total - type.shape[axis] - first.low[axis]
    second.low[axis] = (first.low[axis] + type.shape[axis]) % (total - type.shape[axis] + 1)
    second.high[axis] = total - type.shape[axis] - second.low[axis]
    let a = try builder.add(.pad(first), [x])
    if chance.below(3) == 0 { return a }
    let b = try builder.add(.pad(second), [try partner(type)])
    return try builder.binary(.add, a, b)
  }

  private mutating func product(_ x: ValueID, _ type: TensorType) throws -> ValueID? {
    if type.rank < 2 { return nil }
    let swap = Array(0..<(type.rank - 2)) + [type.rank - 1, type.rank - 2]
    let turned = try builder.transpose(try partner(type), swap)
    if chance.below(2) == 0 { return try builder.matmul(x, turned) }
    let scaled = try builder.scale(turned, by: number())
    return try builder.matmul(try builder.transpose(x, swap), scaled, transposeA: true)
  }
}

extension HostTensor {
  /// Fractions of both signs, different for each `salt`.
  static func sample(_ type: TensorType, salt: Int) -> HostTensor {
    let reals: [Double] = (0..<type.count).map { index in Double((index * 37 + salt * 11 + 5) % 23 - 11) / 8 }
    return HostTensor(type, reals)
  }

  /// The first element that differs by more than rounding in f64; NaN is like NaN.
  func difference(from other: HostTensor) -> String? {
    if type != other.type { return "\(type) is not \(other.type)" }
    for (index, (a, b)) in zip(reals, other.reals).enumerated() where !(a == b || (a.isNaN && b.isNaN)) {
      if !(abs(a - b) <= 1e-10 * max(1, abs(a))) { return "element \(index) is \(a) and becomes \(b)" }
    }
    return nil
  }
}
