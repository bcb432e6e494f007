/// An optimiser, stated for one number: the compiler applies it to every element of every parameter.
///
///     Optimizer("sgd") { update in
///       update.setParameter(update.parameter - update.learningRate("lr") * update.gradient)
///     }
public struct Optimizer: Sendable {
  /// Names the module's functions that hold it, and the layer paths of its kernels.
  public let name: String
  private let body: @Sendable (Update) -> Void

  public init(_ name: String, _ body: @escaping @Sendable (Update) -> Void) {
    self.name = name
    self.body = body
  }

  /// The update of one number while it is being stated.
  public struct Update {
    /// The number that is trained.
    public let parameter: Tensor
    /// The derivative of the loss with respect to it.
    public let gradient: Tensor
    /// Whether weight decay applies to it.
    public let decays: Bool
    private var graph: Graph { parameter.graph }

    init(_ graph: Graph, decays: Bool) {
      let role = ArgumentRole.parameter(ParameterRole(.zeros, decays: decays))
      parameter = graph.declare(
        Argument("parameter", TensorType(.f32, []), role: role), in: \.parameters, at: SourceSite(file: "", line: 0))
      gradient = graph.input("gradient", .f32, [])
      self.decays = decays
    }

    /// The learning rate, under the name that `mrmc run` binds.
    public func learningRate(_ name: String, file: String = #fileID, line: Int = #line) -> Tensor {
      graph.scalar(name, .learningRate, file: file, line: line)
    }

    /// The number of this update, from 1 (i64).
    public func step(_ name: String, file: String = #fileID, line: Int = #line) -> Tensor {
      graph.scalar(name, .step, file: file, line: line)
    }

    /// A number that a run chooses by the flag of that name.
    public func hyperparameter(
      _ name: String, standard: Double, file: String = #fileID, line: Int = #line
    ) -> Tensor {
      graph.scalar(name, .hyperparameter(standard: standard), file: file, line: line)
    }

    /// What is kept of the number from update to update, zero at first: `slot` names it in checkpoints.
    public func state(_ slot: String) -> Tensor {
      graph.declare(
        Argument(slot, TensorType(.f32, []), role: .state(slot: slot, of: "parameter")), in: \.parameters,
        at: SourceSite(file: "", line: 0))
    }

    /// The number after the update.
    public func setParameter(_ value: Tensor) { set("parameter", parameter, value) }

    /// The state after the update.
    public func setState(_ slot: String, _ value: Tensor) { set(slot, state(slot), value) }

    private func set(_ name: String, _ old: Tensor, _ new: Tensor) {
      graph.results.append(FunctionResult(name, new.value, alias: old.value))
    }
  }

  /// The names of its functions: for parameters that do not decay, and for those that do.
  var functionNames: (plain: String, decayed: String) { (name, name + "_decayed") }

  /// Its functions in the IR.
  public func functions() throws(Diagnostic) -> (plain: Function, decayed: Function) {
    func build(_ name: String, decays: Bool) throws(Diagnostic) -> Function {
      let graph = Graph(name: name)
      graph.scope("", layer: self.name) { body(Update(graph, decays: decays)) }
      return try graph.finish()
    }
    return (
      try build(functionNames.plain, decays: false), try build(functionNames.decayed, decays: true)
    )
  }
}
