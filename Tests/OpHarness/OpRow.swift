import Support
import TensorIR

/// One row of the table that every test of operations reads: a small program, and how its inputs are made.
public struct OpRow: Sendable, CustomStringConvertible {
  public typealias Body = @Sendable (inout Builder, [ValueID]) throws(Diagnostic) -> [ValueID]

  /// The mnemonic and what is special about the row, such as `matmul transpose_a batched`.
  public let name: String
  public let inputs: [HarnessInput]
  /// Whether finite differences give its gradient: it is small, and its float results depend smoothly on its float
  /// inputs where these are.
  public let differentiable: Bool
  private let body: Body

  public init(_ name: String, _ inputs: [HarnessInput], differentiable: Bool = true, _ body: @escaping Body) {
    self.name = name
    self.inputs = inputs
    self.differentiable = differentiable
    self.body = body
  }

  public var description: String { name }

  /// `@row(%x0, %x1, …) -> (y0, …)`, floats of type `element`.
  public func function(_ element: ElementType = .f32) throws(Diagnostic) -> Function {
    var function = Function(name: "row")
    for (i, input) in inputs.enumerated() { function.addArgument(Argument("x\(i)", input.type(element))) }
    var builder = Builder(function)
    builder.provenance = Provenance(layer: "row")
    let results = try body(&builder, function.argumentValues)
    builder.function.results = results.enumerated().map { FunctionResult("y\($0)", $1) }
    return builder.function
  }

  /// The same with one more argument `cotangent<i>` per float result i, and the result `loss` = Σ result · cotangent.
  public func lossFunction(_ element: ElementType = .f32) throws(Diagnostic) -> Function {
    let plain = try self.function(element)
    let floats = plain.results.filter { plain.type(of: $0.value).element.isFloat }
    var function = Function(name: "row_loss")
    for argument in plain.arguments { function.addArgument(argument) }
    let cotangents = floats.indices.map {
      function.addArgument(Argument("cotangent\($0)", plain.type(of: floats[$0].value)))
    }
    var builder = Builder(function)
    builder.provenance = Provenance(layer: "row")
    let results = try body(&builder, (0..<inputs.count).map(ValueID.init))
    var loss: ValueID?
    let smooth = results.filter { builder.type($0).element.isFloat }
    for (result, cotangent) in zip(smooth, cotangents) {
      let product = try builder.binary(.mul, result, cotangent)
      let part = try builder.reduce(.sum, product, axes: Array(0..<builder.shape(product).count))
      loss = if let sum = loss { try builder.binary(.add, sum, part) } else { part }
    }
    builder.function.results = loss.map { [FunctionResult("loss", $0)] } ?? []
    return builder.function
  }

  /// Values for the arguments of `function`, or of `lossFunction`: inputs by their kind, cotangents in ±[0.5, 1.5).
  public func values(for function: Function, seed: UInt64) -> [HarnessValues] {
    var random = RandomSource(seed: seed)
    return function.arguments.indices.map { index in
      let input =
        index < inputs.count
        ? inputs[index] : HarnessInput(function.arguments[index].type.shape, .signed(0.5, 1.5))
      return input.values(&random)
    }
  }
}
