/// A model that can be trained: its task, its optimiser and its functions.
///
///     struct Classifier: TaskModel {
///       let options: ModelOptions
///       var task: Task { … }
///       var optimizer: Optimizer { .sgd() }
///       func loss(_ graph: Graph) { … graph.result("loss", …, role: .loss) }
///       func evaluate(_ graph: Graph) { … graph.result("scores", …, role: .measure) }
///     }
public protocol TaskModel {
  /// Feeds, metrics, schedule and recipe.
  var task: Task { get }
  var optimizer: Optimizer { get }
  /// The largest global norm of all gradients; nil: they are not clipped.
  var clip: Double? { get }
  /// `@loss`: a scalar result of role loss, and terms of it.
  func loss(_ graph: Graph)
  /// `@evaluate`: results of role measure, for the metrics and pictures of the task. Nothing random.
  func evaluate(_ graph: Graph)
  /// `@predict`: results of role measure from images alone; false: the model predicts nothing.
  func predict(_ graph: Graph) -> Bool
}

extension TaskModel {
  public var clip: Double? { nil }
  public func predict(_ graph: Graph) -> Bool { false }
}

extension ModuleBuilder {
  /// States the task of a model and builds its functions.
  public mutating func add(_ model: some TaskModel) throws(Diagnostic) {
    try train(model.task, by: model.optimizer, clip: model.clip)
    try function("loss") { model.loss($0) }
    try function("evaluate") { model.evaluate($0) }
    try function("predict", if: { model.predict($0) })
  }
}
