import IRText
import Passes

/// `mrmc opt`: passes on a `.tir` file.
public struct Optimize {
  /// A `.tir` file, or `-`.
  public var input: String
  /// Passes in order, as `cse,layout{depth=4},dce`; nil: those of the level.
  public var pipeline: String?
  public var output: String
  /// What to print on the way.
  public var options: BuildOptions

  public init(input: String, pipeline: String?, output: String) {
    self.input = input
    self.pipeline = pipeline
    self.output = output
    options = BuildOptions(model: input)
  }

  public func run() throws(Diagnostic) {
    try options.validate()
    try refuseOthersFlags()
    let steps: Pipeline
    if let pipeline { steps = try Pipeline(parsing: pipeline) } else { steps = Pipeline.level(options.optimization) }
    let module = try Module(parsing: try readTextFile(input), file: input == "-" ? "<stdin>" : input)
    let record = PhaseRecord(options)
    var manager = try PassManager(
      steps,
      PassManager.Options(
        disabled: options.disabledRewrites, rewriteLimit: options.passLimit, verifyEach: options.verifyEach,
        remarks: options.remarks))
    manager.afterPass = { (event) throws(Diagnostic) in record.finished(event, pipelineStart: 0) }
    let result = try manager.run(module)
    record.add(manager)
    try record.finish(model: module.name.isEmpty ? baseName(input) : module.name)
    try writeText(Printer().text(result), to: output)
  }

  /// Passes rewrite a graph as it is: what chooses a model, its sizes or its code has no meaning here.
  private func refuseOthersFlags() throws(Diagnostic) {
    if options.memoryBudget != nil {
      throw Diagnostic(.usage, "--memory-budget is of verbs that compile; here --pipeline 'recompute{values=N},dce'")
    }
    let given = [
      ("--set", !options.settings.isEmpty), ("--batch", options.batch != nil),
      ("--precision", options.precision != .f32), ("--products", options.products != .auto),
      ("--target-cpu", options.targetCPU != "native"), ("--dry-run", options.dryRun),
    ]
    if let flag = given.first(where: \.1)?.0 {
      throw Diagnostic(
        .usage, "\(flag) is of verbs that compile a model; opt runs passes on a .tir file",
        notes: ["the graph of a model: mrmc ir MODEL --stage graph|grad"])
    }
  }
}

extension Optimize {
  /// Every pass: its name, the level from which it runs, what it does, and what it takes.
  public static var passList: String {
    let lines =
      Pass.all.flatMap(describe) + ["of a model's own functions, before differentiation; here by --pipeline alone:"]
      + Pass.beforeDifferentiation.flatMap(describe)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func describe(_ pass: Pass) -> [String] {
    ["\(paddedRight(pass.name, 22)) -O\(pass.level)  \(pass.summary)"]
      + pass.parameters.map {
        "\(paddedRight("  {\($0.name)=\($0.initial)}", 22))      \($0.summary)"
      }
  }
}
