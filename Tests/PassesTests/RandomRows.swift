import Autodiff
import Interpreter
import TensorIR

/// Makes small networks on rows of which losses read some: by gathers, by masks, by indices that repeat or lie outside.
struct RandomRows {
  private var chance: Chance
  private var b = Builder(Function(name: "rows"))
  private let batch: Int
  private let width = 4
  /// Values `[batch, n, width]`.
  private var tensors: [ValueID] = []
  private var named: [String: ValueID] = [:]
  private var order: ValueID?
  private var rank: ValueID?

  /// A function `loss` with the gradients of its floating-point arguments.
  static func make(seed: UInt64, nodes: Int = 14) throws -> Function {
    var made = RandomRows(seed: seed)
    try made.build(nodes)
    let names = made.b.function.arguments.filter { $0.type.element.isFloat && $0.name != "noise" }.map(\.name)
    return try Autodiff.gradients(of: made.b.function, loss: "loss", withRespectTo: names)
  }

  /// Numbers of both signs; indices some of which repeat and some lie outside.
  static func inputs(_ function: Function) -> [HostTensor] {
    function.arguments.enumerated().map { salt, argument in
      let type = argument.type
      if argument.name == "noise" {
        return HostTensor(type, (0..<type.count).map { index in Double((index * 7 + 3) % 13) / 13 })
      }
      if type.element.isFloat { return HostTensor.sample(type, salt: salt) }
      return HostTensor(type, (0..<type.count).map { index in Int64((index * 5 + salt) % 8 - 1) })
    }
  }

  private init(seed: UInt64) {
    chance = Chance(state: seed)
    batch = 1 + chance.below(3)
    let arguments: [(String, [Int])] = [
      ("x", [batch, 6, 4]), ("y", [batch, 7, 4]), ("w", [4, 4]), ("u", [4, 4]), ("qkv", [12, 4]), ("b", [4]),
      ("table", [1, 6, 4]), ("class", [1, 1, 4]), ("per", [batch, 4, 4]), ("noise", [batch, 6]),
    ]
    for (name, shape) in arguments {
      named[name] = b.function.addArgument(Argument(name, TensorType(.f64, shape)))
    }
    named["ids"] = b.function.addArgument(Argument("ids", TensorType(.i32, [batch, 2])))
    named["seed"] = b.function.addArgument(Argument("seed", TensorType(.i64, [])))
    tensors = [named["x"]!, named["y"]!]
  }

  private func argument(_ name: String) -> ValueID { named[name]! }

  private mutating func build(_ nodes: Int) throws {
    order = try b.add(.argsort(Argsort()), [argument("noise")])
    rank = try b.add(.argsort(Argsort()), [order!])
    for index in 0..<nodes {
      b.provenance = Provenance(layer: "layer.\(index)")
      // Long chains: mostly from what was made last.
      let x = chance.below(4) == 0 ? tensors[chance.below(tensors.count)] : tensors.last!
      tensors.append(try node(x, b.shape(x)[1]))
    }
    b.provenance = Provenance(layer: "loss")
    var loss = try b.splat(0, TensorType(.f64, []))
    for _ in 0..<1 + chance.below(2) { loss = try b.binary(.add, loss, try read(tensors.last!)) }
    if chance.below(2) == 0 { loss = try b.binary(.add, loss, try read(tensors[chance.below(tensors.count)])) }
    b.function.results = [FunctionResult("loss", loss)]
    if chance.below(4) == 0 { b.function.results.append(FunctionResult("shown", tensors[tensors.count - 2])) }
  }

  // MARK: What is read

  /// A scalar of some rows of a value.
  private mutating func read(_ x: ValueID) throws -> ValueID {
    var x = x
    if b.shape(x)[1] == 7 { x = try rows(x, 1..<7) }
    let cut = 1 + chance.below(5)
    switch chance.below(6) {
    case 0, 1: return try squares(try gather(x, try places(chance.below(2) == 0 ? 0..<cut : cut..<6)))
    case 2: return try squares(try gather(x, argument("ids")))
    case 3, 4:
      let bound = try b.splat(Double(cut), b.type(rank!))
      let holds = try b.compare([.ge, .gt, .lt, .le][chance.below(4)], rank!, bound)
      let mask = try b.broadcast(try b.convert(holds, to: .f64), to: b.shape(x), axes: [0, 1])
      return try sum(try b.binary(.mul, try b.binary(.mul, x, x), mask))
    default: return try squares(x)
    }
  }

  private mutating func places(_ run: Range<Int>) throws -> ValueID {
    try b.add(.slice(Slice(start: [0, run.lowerBound], limit: [batch, run.upperBound])), [order!])
  }

  private mutating func gather(_ x: ValueID, _ ids: ValueID) throws -> ValueID {
    try b.add(.gather(Gather(batchDims: 1)), [x, ids])
  }

  private mutating func squares(_ x: ValueID) throws -> ValueID { try sum(try b.binary(.mul, x, x)) }
  private mutating func sum(_ x: ValueID) throws -> ValueID {
    try b.scale(try b.reduce(.sum, x, axes: Array(b.shape(x).indices)), by: 0.125)
  }

  // MARK: What rows go through

  private mutating func node(_ x: ValueID, _ n: Int) throws -> ValueID {
    let shape = [batch, n, width]
    switch chance.below(17) {
    case 16: return n == 6 ? try shuffled(x) : try rows(x, 1..<7)
    case 0: return try b.unary([.tanh, .gelu, .neg, .erf][chance.below(4)], x)
    case 1: return try b.binary([.add, .sub, .mul][chance.below(3)], x, try partner(x, n))
    case 2: return try b.binary([.add, .mul][chance.below(2)], x, try repeated(n))
    case 3, 4, 5: return try linear(x, argument(chance.below(2) == 0 ? "w" : "u"), n)
    case 6: return try normalised(x, shape)
    case 7, 8: return try attention(x, n)
    case 9:
      if n == 7 { return try rows(x, 1..<7) }
      let first = try b.broadcast(argument("class"), to: [batch, 1, width], axes: [0, 1, 2])
      return try b.add(.concat(Concat(axis: 1)), [first, x])
    case 10:
      if n == 7 { return try rows(x, 0..<6) }
      return try b.add(.pad(Pad(low: [0, 1, 0], high: [0, 0, 0])), [x])
    case 11:
      let both = try b.add(.concat(Concat(axis: 2)), [x, try partner(x, n)])
      let start = chance.below(width + 1)
      return try b.add(.slice(Slice(start: [0, 0, start], limit: [batch, n, start + width])), [both])
    case 12: return try b.add(.softmax(Softmax()), [x])
    case 13:
      let turned = try b.unary(.tanh, try b.transpose(x, [1, 2, 0]))
      return try b.transpose(turned, [2, 0, 1])
    case 14:
      if chance.below(2) == 0 {
        return try b.add(.dropout(Dropout(rate: 0.25, stream: chance.below(9))), [x, argument("seed")])
      }
      return try b.matmul(x, argument("per"))
    default:
      let other = try partner(x, n)
      return try b.select(try b.compare(.lt, x, other), x, try b.unary(.tanh, other))
    }
  }

  private mutating func partner(_ x: ValueID, _ n: Int) throws -> ValueID {
    let fitting = tensors.filter { b.shape($0)[1] == n }
    return fitting[chance.below(fitting.count)]
  }

  private mutating func repeated(_ n: Int) throws -> ValueID {
    if n == 6 && chance.below(2) == 0 {
      return try b.broadcast(argument("table"), to: [batch, n, width], axes: [0, 1, 2])
    }
    return try b.broadcast(argument("b"), to: [batch, n, width], axes: [2])
  }

  private mutating func linear(_ x: ValueID, _ weight: ValueID, _ n: Int) throws -> ValueID {
    let product = try b.matmul(try b.reshape(x, to: [batch * n, width]), weight, transposeB: true)
    let features = b.shape(weight)[0]
    let offset = try b.broadcast(argument("b"), to: [batch * n, width], axes: [1])
    let sum = features == width ? try b.binary(.add, product, offset) : product
    return try b.reshape(sum, to: [batch, n, features])
  }

  private mutating func normalised(_ x: ValueID, _ shape: [Int]) throws -> ValueID {
    let mean = try b.scale(try b.reduce(.sum, x, axes: [2]), by: 0.25)
    let centred = try b.binary(.sub, x, try b.broadcast(mean, to: shape, axes: [0, 1]))
    let variance = try b.scale(try b.reduce(.sum, try b.binary(.mul, centred, centred), axes: [2]), by: 0.25)
    let epsilon = try b.splat(0.5, b.type(variance))
    let scale = try b.unary(.rsqrt, try b.binary(.add, variance, epsilon))
    return try b.binary(.mul, centred, try b.broadcast(scale, to: shape, axes: [0, 1]))
  }

  /// Two heads, query, key and value of one product.
  private mutating func attention(_ x: ValueID, _ n: Int) throws -> ValueID {
    let joint = try linear(x, argument("qkv"), n)
    var parts: [ValueID] = []
    for part in 0..<3 {
      let slice = try b.add(
        .slice(Slice(start: [0, 0, part * width], limit: [batch, n, (part + 1) * width])), [joint])
      parts.append(try b.transpose(try b.reshape(slice, to: [batch, n, 2, 2]), [0, 2, 1, 3]))
    }
    let scores = try b.scale(try b.matmul(parts[0], parts[1], transposeB: true), by: 0.5)
    let mixed = try b.matmul(try b.add(.softmax(Softmax()), [scores]), parts[2])
    return try b.reshape(try b.transpose(mixed, [0, 2, 1, 3]), to: [batch, n, width])
  }

  /// Some rows, and equal ones for the rest, put in the order of the ranks; or all rows in another order.
  private mutating func shuffled(_ x: ValueID) throws -> ValueID {
    if chance.below(3) == 0 { return try gather(x, chance.below(2) == 0 ? rank! : order!) }
    let kept = 1 + chance.below(5)
    let hidden = try b.broadcast(argument("class"), to: [batch, 6 - kept, width], axes: [0, 1, 2])
    let joined = try b.add(.concat(Concat(axis: 1)), [try rows(x, 0..<kept), hidden])
    return try gather(joined, rank!)
  }

  private mutating func rows(_ x: ValueID, _ run: Range<Int>) throws -> ValueID {
    try b.add(.slice(Slice(start: [0, run.lowerBound, 0], limit: [batch, run.upperBound, width])), [x])
  }
}
