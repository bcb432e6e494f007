import OpHarness
import Support
import TensorIR

/// The end of a random function, in operations that the DSL does not have: further forms of its results, and the loss.
enum GraphEnding {
  static func finish(_ function: Function, _ random: inout RandomSource) throws(Diagnostic) -> Function {
    var b = Builder(function)
    b.provenance = Provenance(layer: "ending")
    var loss: ValueID?
    for (index, result) in function.results.enumerated() where b.type(result.value).element.isFloat {
      if random.integer(0..<3) == 0 {
        b.function.results[index].value = try changed(result.value, &b, &random)
      }
      // The loss reads some of the results, at least the first.
      if loss != nil && random.integer(0..<2) == 0 { continue }
      let x = b.function.results[index].value
      let weights = try b.splat(random.uniform(0.5, 1.5), b.type(x))
      let form = random.integer(0..<3)
      let weighted = try b.binary(.mul, x, form == 0 ? x : weights)
      let y = form == 1 ? try b.unary(.tanh, weighted) : weighted
      let sum = try b.reduce(.sum, y, axes: Array(b.shape(y).indices))
      let part = try b.scale(sum, by: 1 / Double(b.type(y).count).squareRoot())
      loss = if let known = loss { try b.binary(.add, known, part) } else { part }
    }
    b.function.results.insert(FunctionResult("loss", loss!), at: 0)
    try Verifier.verify(b.function)
    return b.function
  }

  private static func changed(_ x: ValueID, _ b: inout Builder, _ random: inout RandomSource) throws(Diagnostic)
    -> ValueID
  {
    switch random.integer(0..<5) {
    case 0: return try b.unary(.erf, x)
    case 1: return try b.unary(.geluDerivative, x)
    case 2: return try b.binary(.mul, try b.unary(.sign, x), try b.unary(.tanh, x))
    case 3:
      let shape = b.shape(x)
      guard b.type(x).count <= 512 else { return try b.unary(.neg, x) }
      let pad = Pad(
        low: shape.map { _ in Int(random.integer(0..<2)) }, high: shape.map { _ in Int(random.integer(0..<2)) },
        interior: shape.map { _ in Int(random.integer(0..<2)) })
      return try b.add(.pad(pad), [x])
    default:
      let shape = b.shape(x)
      if shape.isEmpty { return try b.broadcast(x, to: [3], axes: []) }
      let slice = Slice(
        start: shape.map { $0 > 1 ? 1 : 0 }, limit: shape, step: shape.map { _ in 1 + Int(random.integer(0..<2)) })
      return try b.add(.slice(slice), [x])
    }
  }
}
