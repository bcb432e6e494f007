import Support
import TensorIR

/// The functions a training program calls, made from a model's `@loss` and its optimiser.
public struct TrainingFunctions {
  private let loss: Function
  private let rule: UpdateRule
  /// The loss that is trained.
  private let value: ValueID

  /// `loss` has a scalar result of role loss, or, where no role is given, one named `loss`; its parameters are its arguments
  /// of that role. Throws `usage` otherwise.
  public init(_ loss: Function, _ rule: UpdateRule) throws(Diagnostic) {
    self.loss = loss
    self.rule = rule
    value = try Autodiff.scalarResult(Self.lossName(of: loss), of: loss)
  }

  /// The functions there are.
  public enum Kind: String, CaseIterable, Sendable {
    case lossAndGradients = "loss_and_grads"
    case trainStep = "train_step"
    case accumulate, apply
  }

  /// One of them.
  public func function(_ kind: Kind) throws(Diagnostic) -> Function {
    switch kind {
    case .lossAndGradients: try lossAndGradients()
    case .trainStep: try trainStep()
    case .accumulate: try accumulate()
    case .apply: try apply()
    }
  }

  /// The name of the result that is trained.
  public static func lossName(of function: Function) -> String {
    function.results.first { $0.role == .loss }?.name ?? "loss"
  }

  /// `@loss_and_grads`: the results of `@loss`, then `grad.<name>` for each trainable parameter. Where gradients are clipped,
  /// `grad_norm` and `clipped.<name>` too.
  public func lossAndGradients() throws(Diagnostic) -> Function {
    var frame = StepFrame("loss_and_grads", of: loss, rule)
    guard rule.clip != nil else {
      var function = try Autodiff.gradients(
        of: loss, loss: Self.lossName(of: loss), withRespectTo: frame.trainable.map(\.name))
      function.name = "loss_and_grads"
      return function
    }
    try frame.addInputs()
    try frame.addLimit()
    try frame.addParameters(all: true)
    let map = frame.copyBody()
    var b = frame.begin()
    let gradients = try sweep(&b, frame, map, cotangent: nil)
    for result in loss.results {
      b.function.results.append(result.moved(to: map[result.value.index]!, alias: nil))
    }
    let ordered = frame.trainable.map { parameter in gradients.first { $0.parameter.name == parameter.name }! }
    for (parameter, gradient) in ordered {
      b.function.results.append(FunctionResult("grad.\(parameter.name)", gradient))
    }
    try frame.addClippedResults(ordered, &b)
    return b.function
  }

  /// `@train_step`: inputs, the optimiser's scalars, parameters, state → losses, `grad_norm`, and parameters and state
  /// updated in place. Each parameter is updated as soon as its gradient is complete; where gradients are clipped, when all
  /// are.
  public func trainStep() throws(Diagnostic) -> Function {
    var frame = StepFrame("train_step", of: loss, rule)
    try frame.addInputs()
    try frame.addSchedule()
    try frame.addParameters(all: true)
    try frame.addOptimizerState()
    let map = frame.copyBody()
    var b = frame.begin()
    b.function.guards = [map[value.index]!]
    if rule.clip != nil {
      let gradients = try sweep(&b, frame, map, cotangent: nil)
      try frame.update(clipped: gradients, &b)
    } else {
      try sweep(&b, frame, map, cotangent: nil) { (b, parameter, gradient) throws(Diagnostic) in
        let outside = b.provenance
        defer { b.provenance = outside }
        try frame.update(parameter, gradient, &b)
      }
    }
    frame.builder = b
    frame.addLossResults(map)
    try frame.addUpdatedResults()
    return frame.builder.function
  }

  /// `@accumulate`: inputs, `scale`, parameters, gradient sums → losses, and the sums with scale · gradient added in
  /// place.
  public func accumulate() throws(Diagnostic) -> Function {
    var frame = StepFrame("accumulate", of: loss, rule)
    try frame.addInputs()
    try frame.addArgument("scale", TensorType(.f32, []), role: .scalar(.gradientScale))
    try frame.addParameters(all: true)
    try frame.addState(GradientSums.slot)
    let map = frame.copyBody()
    var b = frame.begin()
    b.function.guards = [map[value.index]!]
    let scale = try b.convert(frame.values["scale"]!, to: loss.type(of: value).element)
    try sweep(&b, frame, map, cotangent: scale) { (b, parameter, gradient) throws(Diagnostic) in
      let name = StepFrame.name(GradientSums.slot, parameter.name)
      frame.updated[name] = try b.binary(.add, frame.values[name]!, gradient)
    }
    frame.builder = b
    frame.addLossResults(map)
    frame.addResults(GradientSums.slot)
    return frame.builder.function
  }

  /// `@apply`: the optimiser's scalars, trainable parameters, gradient sums, state → `grad_norm`, and parameters and state
  /// updated, sums zeroed, in place.
  public func apply() throws(Diagnostic) -> Function {
    var frame = StepFrame("apply", of: loss, rule)
    try frame.addSchedule()
    try frame.addParameters(all: false)
    try frame.addState(GradientSums.slot)
    try frame.addOptimizerState()
    var b = frame.begin()
    let sums = frame.trainable.map { parameter in
      (parameter: parameter, gradient: frame.values[StepFrame.name(GradientSums.slot, parameter.name)]!)
    }
    if rule.clip != nil { try frame.update(clipped: sums, &b) }
    for (parameter, sum) in sums {
      if rule.clip == nil { try frame.update(parameter, sum, &b) }
      frame.updated[StepFrame.name(GradientSums.slot, parameter.name)] = try b.splat(0, parameter.type)
    }
    frame.builder = b
    try frame.addUpdatedResults()
    frame.addResults(GradientSums.slot)
    return frame.builder.function
  }

  // MARK: Gradients

  /// Appends the reverse of the body to `b` and hands over each parameter's gradient as soon as it is complete.
  private func sweep(
    _ b: inout Builder, _ frame: StepFrame, _ map: [ValueID?], cotangent: ValueID?,
    _ completion: (inout Builder, Argument, ValueID) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let lossValue = map[value.index]!
    let start: ValueID
    if let cotangent { start = cotangent } else { start = try b.splat(1, b.type(lossValue)) }
    let arguments = frame.trainable.map { frame.values[$0.name]! }
    try ReverseSweep.run(&b, loss: lossValue, cotangent: start, withRespectTo: arguments) {
      (b, argument, gradient) throws(Diagnostic) in
      try completion(&b, b.function.arguments[argument.index], gradient)
    }
  }

  /// The same, with the gradients in the order in which they are complete.
  private func sweep(
    _ b: inout Builder, _ frame: StepFrame, _ map: [ValueID?], cotangent: ValueID?
  ) throws(Diagnostic) -> [(parameter: Argument, gradient: ValueID)] {
    var gradients: [(parameter: Argument, gradient: ValueID)] = []
    try sweep(&b, frame, map, cotangent: cotangent) { (_, parameter, gradient) throws(Diagnostic) in
      gradients.append((parameter, gradient))
    }
    return gradients
  }
}
