import Support
import TensorIR

/// An optimiser as functions of the IR on single numbers, which a training function applies to every element:
///
///     func @sgd(%parameter: f32[] {param, init = zeros}, %gradient: f32[],
///       %momentum: f32[] {state momentum of %parameter}, %lr: f32[] {scalar learning_rate}
///     ) -> (parameter: f32[] alias %parameter, momentum: f32[] alias %momentum) {
///       %0 = constant {value = 0.9} : f32[]      %1 = mul %momentum, %0     %2 = add %1, %gradient
///       %3 = mul %lr, %2                         %4 = sub %parameter, %3
///       return %4, %2
///     }
///
/// Its argument of role parameter is the number that is trained, the one input its gradient, each state one slot; every
/// one of them but the gradient has a result that takes its memory. Other arguments are scalars of the step.
public struct UpdateRule: Hashable, Sendable {
  /// For parameters that do not decay, and for those that do.
  public let plain: Function
  public let decayed: Function
  /// The standard of the largest global norm of all gradients; nil: they are not clipped.
  public let clip: Double?

  /// `badData` unless both functions have the form above, with the same slots and scalars.
  public init(_ plain: Function, decayed: Function, clip: Double? = nil) throws(Diagnostic) {
    for function in [plain, decayed] { try Self.check(function) }
    self.plain = plain
    self.decayed = decayed
    self.clip = clip
    if slots != Self.slots(of: decayed) || scalars != Self.scalars(of: decayed) {
      throw Diagnostic(
        .badData, "@\(plain.name) and @\(decayed.name) have different state or scalars",
        notes: ["the one that decays the parameter is the same optimiser"])
    }
  }

  /// The rule that a module's task names; `badData` if the module lacks one of its functions.
  public init(of module: Module, _ optimization: Optimization) throws(Diagnostic) {
    func function(_ name: String) throws(Diagnostic) -> Function {
      if let function = module.function(named: name) { return function }
      throw Diagnostic(.badData, "the task's optimiser @\(name) is no function of module '\(module.name)'")
    }
    try self.init(
      try function(optimization.update), decayed: try function(optimization.decayedUpdate), clip: optimization.clip)
  }

  /// The kinds of state, in the order of the signature.
  public var slots: [String] { Self.slots(of: plain) }

  /// The scalars of the step, in the order of the signature.
  public var scalars: [Argument] { Self.scalars(of: plain) }

  private static func slots(of function: Function) -> [String] { function.arguments.compactMap(\.role.slot) }

  private static func scalars(of function: Function) -> [Argument] {
    function.arguments.filter { if case .scalar = $0.role { true } else { false } }
  }

  private static func check(_ function: Function) throws(Diagnostic) {
    func bad(_ problem: String) -> Diagnostic { Diagnostic(.badData, "@\(function.name) is no optimiser: \(problem)") }
    let parameters = function.arguments.indices.filter { function.arguments[$0].role.parameter != nil }
    if parameters.count != 1 { throw bad("expected one parameter, found \(parameters.count)") }
    let gradients = function.arguments.filter { $0.role.isInput }
    if gradients.count != 1 { throw bad("expected one input, the gradient, found \(gradients.count)") }
    for (index, argument) in function.arguments.enumerated() {
      if argument.type.rank != 0 { throw bad("\(argument.name) is \(argument.type), expected one number") }
      let isKept = argument.role.parameter != nil || argument.role.slot != nil
      let updates = function.results.filter { $0.alias == ValueID(index) }
      if isKept && updates.count != 1 { throw bad("no result takes the memory of \(argument.name)") }
    }
    for node in function.nodes {
      if case .constant(let constant) = node.op, case .dense = constant.value {
        throw bad("a constant has several numbers")
      }
      if !Lifting.canLift(node.op) { throw bad("\(node.op.mnemonic) is not an operation on single numbers") }
    }
  }
}
