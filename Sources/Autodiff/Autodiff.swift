import Support
import TensorIR

/// Reverse mode as a transformation of the unfused tensor IR: a function becomes that function followed by its adjoint.
public enum Autodiff {
  /// `function` with further results `grad.<argument>`: the derivative of its scalar result `loss` with respect to each
  /// of `arguments`, in that order, each of the argument's own type. An argument the loss does not depend on gets zeros.
  ///
  /// Throws `usage` if the loss or an argument is not there, is not floating point, or the loss is not a scalar.
  public static func gradients(of function: Function, loss: String, withRespectTo arguments: [String])
    throws(Diagnostic)
    -> Function
  {
    let value = try scalarResult(loss, of: function)
    var ids: [ValueID] = []
    for name in arguments {
      guard let id = function.argument(named: name) else {
        throw Diagnostic(.usage, "@\(function.name) has no argument '\(name)' to differentiate with respect to")
      }
      if !function.type(of: id).element.isFloat {
        throw Diagnostic(
          .usage, "@\(function.name): '\(name)' is \(function.type(of: id)): only floats have a gradient")
      }
      ids.append(id)
    }
    var builder = Builder(function)
    var gradients = [ValueID?](repeating: nil, count: function.arguments.count)
    let one = try builder.splat(1, builder.type(value))
    try ReverseSweep.run(&builder, loss: value, cotangent: one, withRespectTo: ids) {
      (_, argument, gradient) throws(Diagnostic) in
      gradients[argument.index] = gradient
    }
    for (name, id) in zip(arguments, ids) {
      builder.function.results.append(FunctionResult("grad.\(name)", gradients[id.index]!))
    }
    return builder.function
  }

  /// The value of the scalar floating-point result of that name.
  static func scalarResult(_ name: String, of function: Function) throws(Diagnostic) -> ValueID {
    guard let result = function.results.first(where: { $0.name == name }) else {
      let names = function.results.map(\.name).joined(separator: ", ")
      throw Diagnostic(.usage, "@\(function.name) has no result '\(name)' (it has \(names))")
    }
    let type = function.type(of: result.value)
    if !type.element.isFloat || type.rank != 0 {
      throw Diagnostic(
        .usage, "@\(function.name): result '\(name)' is \(type): a gradient needs a floating-point scalar")
    }
    return result.value
  }
}
