/// A number that a run chooses once: an argument of the compiled step, set by a flag of its name.
public struct Hyperparameter: Sendable, Hashable {
  /// The argument's name, such as `weight_decay`.
  public var name: String
  public var value: Double

  public init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }

  /// The flag of `train`: `--weight-decay`.
  var flag: String { "--" + String(name.map { $0 == "_" ? "-" : $0 }) }
}

extension ProgramDescription {
  /// The hyperparameters of the functions that train, with their standard values, each once.
  public var hyperparameters: [Hyperparameter] {
    var seen = Set<String>()
    var result: [Hyperparameter] = []
    for name in [FunctionName.step, FunctionName.accumulate, FunctionName.apply] {
      for input in function(name)?.inputs ?? [] {
        guard case .scalar(.hyperparameter(let standard)) = input.role, seen.insert(input.name).inserted else {
          continue
        }
        result.append(Hyperparameter(input.name, standard))
      }
    }
    return result
  }

  /// The feeds that these functions read, and `others` by name, in the task's order.
  func feeds(of functions: [String], and others: [String] = []) -> [Feed] {
    var names = Set(others)
    for input in functions.compactMap(function).flatMap(\.inputs) {
      if case .input(let port?) = input.role { names.insert(port.feed) }
    }
    return task.feeds.filter { names.contains($0.name) }
  }

  /// The feeds whose labels or tokens metrics read.
  var metricFeeds: [String] { task.metrics.compactMap(\.feed) }
}
