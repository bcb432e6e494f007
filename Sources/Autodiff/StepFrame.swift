import Support
import TensorIR

/// A training function being made: its arguments by name, the values they are updated to, and the gradient norm so far.
struct StepFrame {
  /// `@loss`.
  let source: Function
  let trainable: [Argument]
  /// The function so far; set once the body is built.
  var builder: Builder
  var values: [String: ValueID] = [:]
  var updated: [String: ValueID] = [:]
  private var function: Function
  private var squareSum: ValueID?

  init(_ name: String, of source: Function) {
    self.source = source
    trainable = source.arguments.filter(\.isTrainable)
    function = Function(name: name)
    builder = Builder(function)
  }

  // MARK: Arguments

  /// `badData` for a name that `@loss` has given to something of its own.
  mutating func addArgument(_ name: String, _ type: TensorType, role: ArgumentRole = .input) throws(Diagnostic) {
    if let known = values[name] {
      throw Diagnostic(
        .badData, "@loss calls '\(name)' what training calls so in @\(function.name): rename it",
        notes: ["there are two arguments of that name: \(function.type(of: known)) and \(type)"])
    }
    values[name] = function.addArgument(Argument(name, type, role: role))
  }

  /// What `@loss` is given anew at each call.
  mutating func addInputs() throws(Diagnostic) {
    for argument in source.arguments {
      if case .input = argument.role { try addArgument(argument.name, argument.type) }
    }
  }

  /// `lr` (f32), `step` (i64, this update's number, from 1) and `weight_decay` (f32).
  mutating func addSchedule() throws(Diagnostic) {
    try addArgument("lr", TensorType(.f32, []))
    try addArgument("step", TensorType(.i64, []))
    try addArgument("weight_decay", TensorType(.f32, []))
  }

  /// The parameters: all of them, or those that are trained.
  mutating func addParameters(all: Bool) throws(Diagnostic) {
    for argument in source.arguments {
      if case .input = argument.role { continue }
      if all || argument.isTrainable { try addArgument(argument.name, argument.type, role: argument.role) }
    }
  }

  /// One tensor of state per trainable parameter.
  mutating func addState(_ prefix: String) throws(Diagnostic) {
    for parameter in trainable { try addArgument(prefix + parameter.name, parameter.type, role: .state) }
  }

  // MARK: Body

  /// A builder on the function with all its arguments.
  func begin() -> Builder { Builder(function) }

  /// Copies the nodes of `@loss`; gives the new value for each of its values.
  mutating func copyBody() -> [ValueID?] {
    var map = source.arguments.map { values[$0.name] }
    map.append(contentsOf: [ValueID?](repeating: nil, count: source.valueCount - map.count))
    for node in source.nodes {
      let results = function.addNode(
        node.op, node.operands.map { map[$0.index]! }, types: node.results.map { source.type(of: $0) }, node.provenance)
      for (old, new) in zip(node.results, results) { map[old.index] = new }
    }
    return map
  }

  func scalars(_ optimizer: AdamW, _ b: inout Builder) throws(Diagnostic) -> AdamW.Scalars {
    b.provenance = Provenance(layer: "adamw")
    return try optimizer.scalars(
      learningRate: values["lr"]!, step: values["step"]!, weightDecay: values["weight_decay"]!, &b)
  }

  /// Updates a parameter and its moments, and adds its gradient to the norm.
  mutating func update(
    _ name: String, _ gradient: ValueID, _ optimizer: AdamW, _ scalars: AdamW.Scalars, _ b: inout Builder
  ) throws(Diagnostic) {
    b.provenance = Provenance(layer: "adamw.\(name)")
    let square = try b.binary(.mul, gradient, gradient)
    let sum = try b.convert(try b.reduce(.sum, square, axes: Array(0..<b.shape(square).count)), to: .f32)
    squareSum = if let total = squareSum { try b.binary(.add, total, sum) } else { sum }
    let parameter = values[name]!
    let new = try optimizer.update(
      parameter: parameter, gradient: gradient, square: square, firstMoment: values["exp_avg.\(name)"]!,
      secondMoment: values["exp_avg_sq.\(name)"]!, decays: decays(b.function.arguments[parameter.index]), scalars, &b)
    updated[name] = new.parameter
    updated["exp_avg.\(name)"] = new.firstMoment
    updated["exp_avg_sq.\(name)"] = new.secondMoment
  }

  private func decays(_ argument: Argument) -> Bool {
    if case .parameter(_, _, decay: true, _) = argument.role { return true }
    return false
  }

  // MARK: Results

  /// The scalar results of `@loss`.
  mutating func addLossResults(_ map: [ValueID?]) {
    for result in source.results where source.type(of: result.value).rank == 0 {
      builder.function.results.append(FunctionResult(result.name, map[result.value.index]!))
    }
  }

  /// `grad_norm` = √Σ g², then parameters and moments in place.
  mutating func addUpdatedResults() throws(Diagnostic) {
    builder.provenance = Provenance(layer: "adamw.grad_norm")
    let norm: ValueID
    if let squareSum {
      norm = try builder.unary(.sqrt, squareSum)
    } else {
      norm = try builder.splat(0, TensorType(.f32, []))
    }
    builder.function.results.append(FunctionResult("grad_norm", norm))
    for prefix in ["", "exp_avg.", "exp_avg_sq."] { addResults(prefix) }
  }

  /// The updated value of each trainable parameter's tensor of that prefix, in the memory of the argument.
  mutating func addResults(_ prefix: String) {
    for parameter in trainable {
      let name = prefix + parameter.name
      builder.function.results.append(FunctionResult(name, updated[name]!, alias: values[name]!))
    }
  }
}
