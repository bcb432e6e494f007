import Support
import TensorIR

/// Random functions of element-wise operations, reductions, broadcasts and views: what loop fusion works on. Values stay
/// near 1, so that differences of f32 and f64 mean something.
public struct RandomGraph {
  private var random: RandomSource
  private var builder: Builder
  private var values: [ValueID] = []
  private let full: [Int]

  /// A function `@name` of three tensors of shape `full` (rank 3), a row, a column of gains, and a seed. Some results may take the
  /// memory of an argument if `updating`.
  public static func function(name: String, full: [Int], nodes: Int, seed: UInt64, updating: Bool) throws(Diagnostic)
    -> Function
  {
    var graph = try RandomGraph(name, full, seed)
    for _ in 0..<nodes { try graph.grow() }
    return graph.finish(updating: updating)
  }

  private init(_ name: String, _ full: [Int], _ seed: UInt64) throws(Diagnostic) {
    random = RandomSource(seed: seed)
    self.full = full
    var function = Function(name: name)
    let shapes = [full, full, full, [full[0], full[1]], [full[2]]]
    for (i, shape) in shapes.enumerated() {
      values.append(function.addArgument(Argument("x\(i)", TensorType(.f32, shape))))
    }
    function.addArgument(Argument("seed", TensorType(.i64, [])))
    builder = Builder(function)
    builder.provenance = Provenance(layer: "graph")
  }

  private mutating func pick(_ list: [ValueID]) -> ValueID {
    // Later values are likelier, so that chains grow.
    let last = list.count - 1
    return list[max(Int(random.integer(0..<list.count)), Int(random.integer(0..<last + 1)))]
  }

  private mutating func pick(shape: [Int]) -> ValueID { pick(values.filter { builder.shape($0) == shape }) }

  private mutating func grow() throws(Diagnostic) {
    let x = pick(values)
    let shape = builder.shape(x)
    switch random.integer(0..<14) {
    case 0, 1, 2, 3:
      let kinds: [Binary.Kind] = [.add, .sub, .mul, .max, .min]
      let y = try builder.binary(kinds[Int(random.integer(0..<kinds.count))], x, pick(shape: shape))
      values.append(try builder.unary(.tanh, y))
    case 4:
      let kinds: [Unary.Kind] = [.neg, .abs, .tanh, .gelu, .geluDerivative]
      values.append(try builder.unary(kinds[Int(random.integer(0..<kinds.count))], x))
    case 5: values.append(try mean(pick(shape: full), axes: [2]))
    case 6: values.append(try mean(pick(shape: full), axes: [0, 1]))
    case 7: values.append(try mean(x, axes: Array(shape.indices)))
    case 8, 9, 10: try spread(x, shape)
    case 11:
      let softmax = try builder.add(.softmax(Softmax()), [pick(shape: full)])
      values.append(try builder.scale(softmax, by: Double(full[2]) / 2))
    case 12:
      let rows = try builder.add(.logSumExp(LogSumExp()), [pick(shape: full)])
      values.append(try builder.scale(rows, by: 0.2))
    default:
      let seed = builder.function.argument(named: "seed")!
      values.append(try builder.add(.dropout(Dropout(rate: 0.25, stream: values.count)), [x, seed]))
    }
  }

  private mutating func mean(_ x: ValueID, axes: [Int]) throws(Diagnostic) -> ValueID {
    if axes.isEmpty { return try builder.unary(.neg, x) }
    if random.integer(0..<4) == 0 { return try builder.reduce(.max, x, axes: axes) }
    let count = axes.reduce(1) { $0 * builder.shape(x)[$1] }
    return try builder.scale(try builder.reduce(.sum, x, axes: axes), by: 1 / Double(count).squareRoot())
  }

  /// Views: smaller shapes are repeated, whole ones reshaped or transposed.
  private mutating func spread(_ x: ValueID, _ shape: [Int]) throws(Diagnostic) {
    switch shape {
    case []: values.append(try builder.broadcast(x, to: full, axes: []))
    case [full[0], full[1]]:
      if random.integer(0..<2) == 0 {
        values.append(try builder.broadcast(x, to: full, axes: [0, 1]))
      } else {
        let kept = try builder.reshape(x, to: [full[0], full[1], 1])
        values.append(try builder.broadcast(kept, to: full, axes: [0, 1, 2]))
      }
    case [full[2]]: values.append(try builder.broadcast(x, to: full, axes: [2]))
    case full:
      if random.integer(0..<3) == 0 {
        values.append(try builder.transpose(x, [1, 0, 2]))
      } else {
        let flat = try builder.reshape(x, to: [full[0] * full[1], full[2]])
        values.append(flat)
        values.append(try mean(flat, axes: [0]))
      }
    case [full[1], full[0], full[2]]: values.append(try builder.transpose(x, [1, 0, 2]))
    default: values.append(shape.reduce(1, *) == full.reduce(1, *) ? try builder.reshape(x, to: full) : x)
    }
  }

  private mutating func finish(updating: Bool) -> Function {
    var results: [FunctionResult] = []
    var free = [0, 1, 2]
    let made = values.dropFirst(5)
    for value in made.suffix(2) + made.filter({ _ in random.integer(0..<5) == 0 })
    where !results.contains(where: { $0.value == value }) {
      var alias: ValueID?
      if updating, builder.shape(value) == full, let argument = free.popLast() { alias = ValueID(argument) }
      results.append(FunctionResult("y\(results.count)", value, alias: alias))
    }
    builder.function.results = results
    return builder.function
  }
}
