import Support
import TensorIR

extension Interpreter {
  /// A fused operation means what its equation in simpler operations means.
  static func expanded(
    _ x: [HostTensor], _ options: Options, _ expand: ([ValueID], inout Builder) throws(Diagnostic) -> [ValueID]
  ) -> [HostTensor] {
    var function = Function(name: "expanded")
    for (i, tensor) in x.enumerated() { function.addArgument(Argument("x\(i)", tensor.type)) }
    var builder = Builder(function)
    do {
      let results = try expand(function.argumentValues, &builder)
      builder.function.results = results.enumerated().map { FunctionResult("y\($0)", $1) }
      return try run(builder.function, inputs: x, options: options)
    } catch {
      preconditionFailure("a fused operation does not expand: \(error)")
    }
  }
}
