import Autodiff
import Models

extension TrainingFunctions {
  /// Of a model's `@loss`, with the optimiser that its module states, or AdamW.
  public init(of module: Module) throws(Diagnostic) {
    let rule: UpdateRule
    if let task = module.task {
      rule = try UpdateRule(of: module, task.optimizer)
    } else {
      let adamW = try Optimizer.adamW().functions()
      rule = try UpdateRule(adamW.plain, decayed: adamW.decayed)
    }
    try self.init(module.function(named: "loss")!, rule)
  }

  /// Adds all of them to a module that has `@loss`.
  public static func add(to module: inout Module) throws(Diagnostic) {
    let functions = try TrainingFunctions(of: module)
    for kind in Kind.allCases { module.set(try functions.function(kind)) }
  }
}
