import Support
import TensorIR

/// A training function being made: its arguments by name, the values they are updated to, and the gradient norm so far.
struct StepFrame {
  /// `@loss`.
  let source: Function
  let rule: UpdateRule
  let trainable: [Argument]
  /// The function so far; set once the body is built.
  var builder: Builder
  var values: [String: ValueID] = [:]
  var updated: [String: ValueID] = [:]
  private var function: Function
  private var squareSum: ValueID?
  private var norm: ValueID?
  /// The rule's functions with the scalars of the step, by whether a parameter decays and by the scale of its learning rate.
  private var lifted: [LiftedRule: Lifting] = [:]

  private struct LiftedRule: Hashable {
    var decays: Bool
    var rateScale: Double
  }

  init(_ name: String, of source: Function, _ rule: UpdateRule) {
    self.source = source
    self.rule = rule
    trainable = source.arguments.filter(\.isTrainable)
    function = Function(name: name)
    builder = Builder(function)
  }

  // MARK: Arguments

  /// `badData` for a name that `@loss` has given to something of its own.
  mutating func addArgument(_ name: String, _ type: TensorType, role: ArgumentRole) throws(Diagnostic) {
    if let known = values[name] {
      throw Diagnostic(
        .badData, "@loss calls '\(name)' what training calls so in @\(function.name): rename it",
        notes: ["there are two arguments of that name: \(function.type(of: known)) and \(type)"])
    }
    values[name] = function.addArgument(Argument(name, type, role: role))
  }

  /// The arguments of `@loss` that are given anew at each call.
  mutating func addInputs() throws(Diagnostic) {
    for argument in source.arguments where argument.role.parameter == nil {
      try addArgument(argument.name, argument.type, role: argument.role)
    }
  }

  /// The scalars that the optimiser reads, and the limit of the gradients' norm if there is one.
  mutating func addSchedule() throws(Diagnostic) {
    for scalar in rule.scalars { try addArgument(scalar.name, scalar.type, role: scalar.role) }
    try addLimit()
  }

  /// The limit of the gradients' norm, if there is one.
  mutating func addLimit() throws(Diagnostic) {
    guard let clip = rule.clip else { return }
    try addArgument(Clipping.limit, TensorType(.f32, []), role: .scalar(.hyperparameter(standard: clip)))
  }

  /// The parameters: all of them, or those that are trained.
  mutating func addParameters(all: Bool) throws(Diagnostic) {
    for argument in source.arguments where argument.role.parameter != nil && (all || argument.isTrainable) {
      try addArgument(argument.name, argument.type, role: argument.role)
    }
  }

  /// One tensor of state per trainable parameter.
  mutating func addState(_ slot: String) throws(Diagnostic) {
    for parameter in trainable {
      try addArgument(Self.name(slot, parameter.name), parameter.type, role: .state(slot: slot, of: parameter.name))
    }
  }

  /// The optimiser's state of all trainable parameters.
  mutating func addOptimizerState() throws(Diagnostic) {
    for slot in rule.slots { try addState(slot) }
  }

  /// How the state of a parameter is named in functions and files.
  static func name(_ slot: String, _ parameter: String) -> String { "\(slot).\(parameter)" }

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

  /// Updates a parameter and its state, and adds its gradient to the norm.
  mutating func update(_ parameter: Argument, _ gradient: ValueID, _ b: inout Builder) throws(Diagnostic) {
    let rule = try lifted(for: parameter, &b)
    try addToNorm(gradient, of: parameter.name, &b)
    try apply(rule, parameter, gradient, &b)
  }

  /// Clips all gradients, in the order given, and updates their parameters.
  mutating func update(
    clipped gradients: [(parameter: Argument, gradient: ValueID)], _ b: inout Builder
  ) throws(Diagnostic) {
    for (parameter, gradient) in gradients { try addToNorm(gradient, of: parameter.name, &b) }
    let norm = try gradientNorm(&b)
    b.provenance = Provenance(layer: "\(rule.plain.name).clip")
    let factor = try Clipping.factor(norm: norm, limit: values[Clipping.limit]!, &b)
    for (parameter, gradient) in gradients {
      let rule = try lifted(for: parameter, &b)
      b.provenance = Provenance(layer: "\(self.rule.plain.name).\(parameter.name)")
      try apply(rule, parameter, try Clipping.scale(gradient, by: factor, &b), &b)
    }
    b.function.guards.append(norm)
  }

  private mutating func addToNorm(
    _ gradient: ValueID, of parameter: String, _ b: inout Builder
  ) throws(Diagnostic) {
    b.provenance = Provenance(layer: "\(rule.plain.name).\(parameter)")
    let square = try b.binary(.mul, gradient, gradient)
    let sum = try b.convert(try b.reduce(.sum, square, axes: Array(0..<b.shape(square).count)), to: .f32)
    squareSum = if let total = squareSum { try b.binary(.add, total, sum) } else { sum }
  }

  private mutating func apply(
    _ lifting: Lifting, _ parameter: Argument, _ gradient: ValueID, _ b: inout Builder
  ) throws(Diagnostic) {
    let rule = lifting.function
    var tensors: [String: ValueID] = [:]
    for argument in rule.arguments {
      if argument.role.parameter != nil { tensors[argument.name] = values[parameter.name]! }
      if argument.role.isInput { tensors[argument.name] = gradient }
      if let slot = argument.role.slot { tensors[argument.name] = values[Self.name(slot, parameter.name)]! }
    }
    let results = try lifting.apply(tensors, &b)
    for (result, value) in zip(rule.results, results) {
      guard let alias = result.alias else { continue }
      let argument = rule.arguments[alias.index]
      updated[argument.role.slot.map { Self.name($0, parameter.name) } ?? parameter.name] = value
    }
  }

  /// The rule for a parameter with the scalars of this step, the learning rate times the parameter's factor.
  private mutating func lifted(for parameter: Argument, _ b: inout Builder) throws(Diagnostic) -> Lifting {
    let role = parameter.role.parameter!
    let key = LiftedRule(decays: role.decays, rateScale: role.rateScale)
    if let known = lifted[key] { return known }
    b.provenance = Provenance(layer: rule.plain.name)
    let lifting = try lift(role.decays ? rule.decayed : rule.plain, rateScale: role.rateScale, &b)
    lifted[key] = lifting
    return lifting
  }

  private func lift(_ rule: Function, rateScale: Double, _ b: inout Builder) throws(Diagnostic) -> Lifting {
    var scalars: [String: ValueID] = [:]
    for scalar in self.rule.scalars {
      let value = values[scalar.name]!
      scalars[scalar.name] =
        scalar.role == .scalar(.learningRate) && rateScale != 1 ? try b.scale(value, by: rateScale) : value
    }
    return try Lifting(rule, scalars: scalars, &b)
  }

  /// √Σ g² over the gradients so far.
  private mutating func gradientNorm(_ b: inout Builder) throws(Diagnostic) -> ValueID {
    if let norm { return norm }
    b.provenance = Provenance(layer: "\(rule.plain.name).grad_norm")
    let value: ValueID
    if let squareSum { value = try b.unary(.sqrt, squareSum) } else { value = try b.splat(0, TensorType(.f32, [])) }
    norm = value
    return value
  }

  // MARK: Results

  /// The scalar results of `@loss`.
  mutating func addLossResults(_ map: [ValueID?]) {
    for result in source.results where source.type(of: result.value).rank == 0 {
      builder.function.results.append(result.moved(to: map[result.value.index]!, alias: nil))
    }
  }

  /// `grad_norm` = √Σ g², then parameters and state in place.
  mutating func addUpdatedResults() throws(Diagnostic) {
    var b = builder
    let norm = try gradientNorm(&b)
    builder = b
    builder.function.results.append(FunctionResult("grad_norm", norm, role: .gradientNorm))
    addResults(nil)
    for slot in rule.slots { addResults(slot) }
  }

  /// `grad_norm` and `clipped.<name>` of gradients that are not used to update anything.
  mutating func addClippedResults(
    _ gradients: [(parameter: Argument, gradient: ValueID)], _ b: inout Builder
  ) throws(Diagnostic) {
    for (parameter, gradient) in gradients { try addToNorm(gradient, of: parameter.name, &b) }
    let norm = try gradientNorm(&b)
    let factor = try Clipping.factor(norm: norm, limit: values[Clipping.limit]!, &b)
    b.function.results.append(FunctionResult("grad_norm", norm, role: .gradientNorm))
    for (parameter, gradient) in gradients {
      b.function.results.append(
        FunctionResult("clipped.\(parameter.name)", try Clipping.scale(gradient, by: factor, &b)))
    }
  }

  /// The updated value of each trainable parameter, or of its state of a slot, in the memory of the argument.
  mutating func addResults(_ slot: String?) {
    for parameter in trainable {
      let name = slot.map { Self.name($0, parameter.name) } ?? parameter.name
      builder.function.results.append(FunctionResult(name, updated[name]!, alias: values[name]!))
    }
  }
}
