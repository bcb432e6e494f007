import Support
import TensorIR

/// Runs a pipeline over functions and records what happened.
public struct PassManager {
  public struct Options: Sendable {
    /// Names of passes that are left out.
    public var disabled: [String]
    /// The number of rewrites after which nothing more is rewritten; nil: no limit.
    public var rewriteLimit: Int?
    /// Whether every pass's result is verified.
    public var verifyEach: Bool
    public var remarks: Bool

    public init(disabled: [String] = [], rewriteLimit: Int? = nil, verifyEach: Bool = false, remarks: Bool = false) {
      self.disabled = disabled
      self.rewriteLimit = rewriteLimit
      self.verifyEach = verifyEach
      self.remarks = remarks
    }
  }

  /// What `afterPass` is told.
  public struct Event {
    /// The step's position in the pipeline, from 0.
    public let index: Int
    public let pass: Pass
    public let before: Function
    public let after: Function
    /// Whether the function is another than before.
    public var changed: Bool { before != after }
  }

  /// The time a step took, over all functions.
  public struct Timing: Sendable {
    public let index: Int
    public let pass: String
    public internal(set) var duration: Duration
    /// Nodes before and after, over all functions.
    public internal(set) var nodesBefore: Int
    public internal(set) var nodesAfter: Int

    mutating func add(_ other: Timing) {
      duration += other.duration
      nodesBefore += other.nodesBefore
      nodesAfter += other.nodesAfter
    }
  }

  public let pipeline: Pipeline
  public let options: Options
  /// Called after each pass on each function: dumps for `--print-after` and `--dump-phases`.
  public var afterPass: ((Event) throws(Diagnostic) -> Void)?
  /// Remarks, counters and the rest of the budget, over all functions.
  public private(set) var context: PassContext
  public private(set) var timings: [Timing] = []

  /// Throws `usage` if a disabled pass is unknown.
  public init(_ pipeline: Pipeline, _ options: Options = Options()) throws(Diagnostic) {
    for name in options.disabled where Pass.named(name) == nil {
      throw Diagnostic(
        .usage, "unknown pass '\(name)'", notes: ["known: \(Pass.all.map(\.name).joined(separator: ", "))"])
    }
    self.pipeline = Pipeline(pipeline.steps.filter { !options.disabled.contains($0.pass.name) })
    self.options = options
    context = PassContext(rewriteLimit: options.rewriteLimit, remarks: options.remarks)
    for (index, step) in self.pipeline.steps.enumerated() {
      timings.append(Timing(index: index, pass: step.pass.name, duration: .zero, nodesBefore: 0, nodesAfter: 0))
    }
  }

  /// The module with every function run through the pipeline: side by side on some threads, unless the functions share a
  /// budget of rewrites or somebody watches.
  public mutating func run(_ module: Module, threads: Int = 1) throws(Diagnostic) -> Module {
    var module = module
    if threads == 1 || options.rewriteLimit != nil || afterPass != nil {
      for index in module.functions.indices { module.functions[index] = try run(module.functions[index]) }
      return module
    }
    let (pipeline, options) = (pipeline, options)
    let results = try concurrentMap(module.functions, threads: threads) { (function) throws(Diagnostic) in
      var manager = try PassManager(pipeline, options)
      return (function: try manager.run(function), context: manager.context, timings: manager.timings)
    }
    module.functions = results.map(\.function)
    for result in results {
      context.add(result.context)
      for (index, timing) in result.timings.enumerated() { timings[index].add(timing) }
    }
    return module
  }

  /// The function after the whole pipeline. Throws `compilerBug` if a pass's result is not well formed and `verifyEach` is
  /// set.
  public mutating func run(_ function: Function) throws(Diagnostic) -> Function {
    let clock = ContinuousClock()
    var function = function
    for (index, step) in pipeline.steps.enumerated() {
      context.pass = step.pass.name
      context.function = function.name
      context.arguments = [:]
      for (parameter, value) in zip(step.pass.parameters, step.arguments) { context.arguments[parameter.name] = value }
      let start = clock.now
      let after = try step.pass.run(function, &context)
      timings[index].add(
        Timing(
          index: index, pass: step.pass.name, duration: clock.now - start, nodesBefore: function.nodes.count,
          nodesAfter: after.nodes.count))
      if options.verifyEach { try verify(after, step.pass) }
      if let afterPass { try afterPass(Event(index: index, pass: step.pass, before: function, after: after)) }
      function = after
    }
    return function
  }

  private func verify(_ function: Function, _ pass: Pass) throws(Diagnostic) {
    do {
      try Verifier.verify(function)
    } catch {
      throw Diagnostic(
        .compilerBug, "pass \(pass.name) left @\(function.name) ill-formed: \(error.message)",
        notes: error.notes + [
          "find the rewrite with --pass-limit (now \(context.rewrites)), leave the pass out with --disable-pass"
        ])
    }
  }
}
