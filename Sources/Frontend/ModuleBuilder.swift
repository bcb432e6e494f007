/// Makes a module: its functions one by one, then its attributes.
///
/// A model file for `mrmc build model.swift` declares one function, which returns what this makes:
///
///     import Frontend
///
///     func model(_ options: ModelOptions) throws(Diagnostic) -> Module {
///       let width = try options.integer("width", default: 64, in: 1...4096)
///       var module = try ModuleBuilder("perceptron", options)
///       try module.function("loss") { graph in
///         let x = graph.input("image", .f32, [options.batch, 784])
///         let y = graph.input("labels", .i32, [options.batch])
///         let hidden = linear("fc1", x, features: width).gelu()
///         graph.result("loss", crossEntropy(linear("fc2", hidden, features: 10), y).mean())
///       }
///       return module.finish()
///     }
public struct ModuleBuilder {
  private var module: Module
  private let options: ModelOptions
  private var parameters: [Argument] = []

  /// Call it when the model has asked for all its options: a setting it did not ask for is an error.
  public init(_ name: String, _ options: ModelOptions) throws(Diagnostic) {
    try options.rejectUnknown()
    for name in [name] + options.resolved.map(\.key) where !Verifier.isName(name) {
      throw Diagnostic(
        .badData, "'\(name)' cannot name a model or an option of it",
        notes: ["expected: letters, digits, '_', '.' and '-'"])
    }
    module = Module(name: name)
    self.options = options
    set("model", .string(name))
    set("batch", .integer(options.batch))
    set("precision", .string(options.precision.rawValue))
    for option in options.resolved { set("option.\(option.key)", .string(option.value)) }
  }

  /// Sets an attribute of the module, such as a size that the training program needs.
  public mutating func set(_ name: String, _ value: AttributeValue) {
    if let index = module.attributes.firstIndex(where: { $0.name == name }) {
      module.attributes[index].value = value
    } else {
      module.attributes.append(Attribute(name, value))
    }
  }

  /// States what the model is trained for, and by which optimiser; before the functions, whose inputs are the task's feeds.
  /// `clip`: the largest global norm of all gradients.
  public mutating func train(_ task: Task, by optimizer: Optimizer, clip: Double? = nil) throws(Diagnostic) {
    let names = optimizer.functionNames
    var task = task
    task.optimizer = Optimization(update: names.plain, decayedUpdate: names.decayed, clip: clip)
    module.task = task
    let functions = try optimizer.functions()
    module.set(functions.plain)
    module.set(functions.decayed)
  }

  /// Builds the function `@name` and adds it. Throws the first error of the build, and an error if a parameter is
  /// declared otherwise than in an earlier function.
  public mutating func function(_ name: String, _ body: (Graph) throws(Diagnostic) -> Void) throws(Diagnostic) {
    try function(
      name,
      if: { (graph) throws(Diagnostic) in
        try body(graph)
        return true
      })
  }

  /// The same, unless `body` returns false: then there is no such function.
  mutating func function(_ name: String, if body: (Graph) throws(Diagnostic) -> Bool) throws(Diagnostic) {
    let graph = Graph(name: name, feeds: module.task?.feeds ?? [], batch: options.batch)
    do {
      guard try body(graph) else { return }
    } catch {
      throw graph.error ?? error
    }
    let function = try graph.finish()
    for argument in function.arguments {
      guard case .parameter = argument.role else { continue }
      if let known = parameters.first(where: { $0.name == argument.name }) {
        if known == argument { continue }
        throw Diagnostic(
          .badData, "@\(name): parameter '\(argument.name)' is declared otherwise than in an earlier function",
          notes: ["earlier: \(known.type)", "here: \(argument.type)"])
      }
      parameters.append(argument)
    }
    if module.function(named: name) != nil { throw Diagnostic(.badData, "two functions are named @\(name)") }
    module.set(function)
  }

  /// The module.
  public func finish() -> Module { module }
}
