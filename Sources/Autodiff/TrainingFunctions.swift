import Support
import TensorIR

/// The functions a training program calls, made from a model's `@loss`.
public enum TrainingFunctions {
  /// Adds `@loss_and_grads`, `@train_step`, `@accumulate` and `@apply` to a module that has `@loss`, or replaces them.
  /// `@loss` has a scalar result `loss`; its parameters are its arguments of role parameter. Throws `usage` otherwise.
  public static func add(to module: inout Module, optimizer: AdamW = AdamW()) throws(Diagnostic) {
    guard let loss = module.function(named: "loss") else {
      throw Diagnostic(.usage, "module '\(module.name)' has no function @loss to train")
    }
    module.set(try lossAndGradients(loss))
    module.set(try trainStep(loss, optimizer: optimizer))
    module.set(try accumulate(loss))
    module.set(try apply(loss, optimizer: optimizer))
  }

  /// `@loss_and_grads`: the results of `@loss`, then `grad.<name>` for each trainable parameter.
  public static func lossAndGradients(_ loss: Function) throws(Diagnostic) -> Function {
    let names = loss.arguments.filter(\.isTrainable).map(\.name)
    var function = try Autodiff.gradients(of: loss, loss: "loss", withRespectTo: names)
    function.name = "loss_and_grads"
    return function
  }

  /// `@train_step`: inputs, `lr`, `step`, `weight_decay`, parameters, moments → losses, `grad_norm`, and parameters and
  /// moments updated in place. Each parameter is updated as soon as its gradient is complete.
  public static func trainStep(_ loss: Function, optimizer: AdamW = AdamW()) throws(Diagnostic) -> Function {
    let value = try Autodiff.scalarResult("loss", of: loss)
    var frame = StepFrame("train_step", of: loss)
    try frame.addInputs()
    try frame.addSchedule()
    try frame.addParameters(all: true)
    try frame.addState("exp_avg.")
    try frame.addState("exp_avg_sq.")
    let map = frame.copyBody()
    var scalars: AdamW.Scalars?
    let lossValue = map[value.index]!
    var b = frame.begin()
    let one = try b.splat(1, b.type(lossValue))
    try ReverseSweep.run(
      &b, loss: lossValue, cotangent: one, withRespectTo: frame.trainable.map { frame.values[$0.name]! }
    ) { (b, argument, gradient) throws(Diagnostic) in
      let name = b.function.arguments[argument.index].name
      let outside = b.provenance
      defer { b.provenance = outside }
      if scalars == nil { scalars = try frame.scalars(optimizer, &b) }
      try frame.update(name, gradient, optimizer, scalars!, &b)
    }
    frame.builder = b
    frame.addLossResults(map)
    try frame.addUpdatedResults()
    frame.builder.function.guards = [lossValue]
    return frame.builder.function
  }

  /// `@accumulate`: inputs, `scale`, parameters, gradient sums → losses, and the sums with scale · gradient added in
  /// place.
  public static func accumulate(_ loss: Function) throws(Diagnostic) -> Function {
    let value = try Autodiff.scalarResult("loss", of: loss)
    var frame = StepFrame("accumulate", of: loss)
    try frame.addInputs()
    try frame.addArgument("scale", TensorType(.f32, []))
    try frame.addParameters(all: true)
    try frame.addState("grad_sum.")
    let map = frame.copyBody()
    let lossValue = map[value.index]!
    var b = frame.begin()
    let scale = try b.convert(frame.values["scale"]!, to: b.type(lossValue).element)
    try ReverseSweep.run(
      &b, loss: lossValue, cotangent: scale, withRespectTo: frame.trainable.map { frame.values[$0.name]! }
    ) { (b, argument, gradient) throws(Diagnostic) in
      let name = "grad_sum.\(b.function.arguments[argument.index].name)"
      frame.updated[name] = try b.binary(.add, frame.values[name]!, gradient)
    }
    frame.builder = b
    frame.addLossResults(map)
    frame.addResults("grad_sum.")
    frame.builder.function.guards = [lossValue]
    return frame.builder.function
  }

  /// `@apply`: `lr`, `step`, `weight_decay`, trainable parameters, gradient sums, moments → `grad_norm`, and parameters
  /// and moments updated, sums zeroed, in place.
  public static func apply(_ loss: Function, optimizer: AdamW = AdamW()) throws(Diagnostic) -> Function {
    var frame = StepFrame("apply", of: loss)
    try frame.addSchedule()
    try frame.addParameters(all: false)
    try frame.addState("grad_sum.")
    try frame.addState("exp_avg.")
    try frame.addState("exp_avg_sq.")
    var b = frame.begin()
    let scalars = try frame.scalars(optimizer, &b)
    for parameter in frame.trainable {
      let sum = "grad_sum.\(parameter.name)"
      try frame.update(parameter.name, frame.values[sum]!, optimizer, scalars, &b)
      frame.updated[sum] = try b.splat(0, parameter.type)
    }
    frame.builder = b
    try frame.addUpdatedResults()
    frame.addResults("grad_sum.")
    return frame.builder.function
  }
}
