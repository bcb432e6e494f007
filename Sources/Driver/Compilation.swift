import Autodiff
import BufferIR
import Codegen
import Execution
import LLVMKit
import Models
import Passes

/// One model on its way to machine code: what all verbs that compile share.
public final class Compilation {
  public let options: BuildOptions
  /// The module as the model built it, with its products in bf16 if that is asked for.
  public let module: Module
  public let target: Target
  let record: PhaseRecord
  private var passes: PassManager
  /// The module's functions with the rows that records share computed once: what is differentiated. Made when it is asked
  /// for.
  var shared: Module?
  /// What fitting functions to the memory budget took.
  var reports: [MemoryBudget.Report] = []

  /// Builds the model. `inputs`: tensors at hand, whose batch it gets if `options` name none; `standardBatch` if they do not
  /// tell either.
  public convenience init(
    _ options: BuildOptions, inputs: SafeTensorsReader? = nil, standardBatch: Int = BuildOptions.standardBatch
  ) throws(Diagnostic) {
    try self.init(options) { (record) throws(Diagnostic) in
      let source = try ModelSource(options.model)
      let built = try record.time("frontend") { () throws(Diagnostic) in
        let module = try source.module(options, batch: options.batch ?? standardBatch)
        guard options.batch == nil, let inputs, let batch = module.batch(of: inputs), batch != standardBatch else {
          return module
        }
        return try source.module(options, batch: batch)
      }
      return options.precision == .bf16 ? try Self.narrowed(built, options, record) : built
    }
  }

  /// A module at hand, as it is, instead of the model the options name.
  convenience init(_ options: BuildOptions, module: Module) throws(Diagnostic) {
    try self.init(options) { _ in module }
  }

  private init(
    _ options: BuildOptions, _ build: (PhaseRecord) throws(Diagnostic) -> Module
  ) throws(Diagnostic) {
    try options.validate()
    let record = PhaseRecord(options)
    module = try build(record)
    target = try Target.named(options.targetCPU)
    passes = try PassManager(
      .level(options.fuses ? options.optimization : min(options.optimization, 1)),
      PassManager.Options(
        disabled: options.disabledRewrites, rewriteLimit: options.passLimit, verifyEach: options.verifyEach,
        remarks: options.remarks))
    self.options = options
    self.record = record
  }

  /// The module with its products in bf16.
  static func narrowed(
    _ module: Module, _ options: BuildOptions, _ record: PhaseRecord
  ) throws(Diagnostic) -> Module {
    var passes = try PassManager(
      Pipeline([.init(.mixedPrecision)]),
      PassManager.Options(verifyEach: options.verifyEach, remarks: options.remarks))
    let start = record.phaseCount
    passes.afterPass = { (event) throws(Diagnostic) in record.finished(event, pipelineStart: start) }
    let result = try passes.run(module)
    record.add(passes)
    return result
  }

  /// What the model is called: its module's name, or the name of its file.
  public var modelName: String { module.name.isEmpty ? baseName(options.model) : module.name }

  /// Records per step; 1 for a module that does not say.
  public var batch: Int { module.integer("batch") ?? 1 }

  /// The functions that can be had: the model's own, and those differentiation gives.
  public var functionNames: [String] {
    let optimizer = module.task.map { [$0.optimizer.update, $0.optimizer.decayedUpdate] } ?? []
    var names = module.functions.map(\.name).filter { !optimizer.contains($0) }
    if module.function(named: Self.loss) != nil {
      names += TrainingFunctions.Kind.allCases.map(\.rawValue).filter { !names.contains($0) }
    }
    return names
  }

  /// The function that is differentiated.
  static let loss = "loss"

  /// The optimiser that the module states; AdamW for a graph that states none.
  private func updateRule() throws(Diagnostic) -> UpdateRule {
    if let task = module.task { return try UpdateRule(of: module, task.optimizer) }
    let functions = try Optimizer.adamW().functions()
    return try UpdateRule(functions.plain, decayed: functions.decayed)
  }

  /// A function of the model, differentiated if need be, before any pass. `usage` if there is none of the name.
  public func function(_ name: String) throws(Diagnostic) -> Function {
    try function(name, of: try sharing())
  }

  /// Functions of the model, as `function(_:)` gives each.
  func functions(_ names: [String]) throws(Diagnostic) -> [Function] {
    var result: [Function] = []
    for name in names { result.append(try function(name)) }
    return result
  }

  func function(_ name: String, of module: Module) throws(Diagnostic) -> Function {
    if let function = module.function(named: name) { return function }
    guard let kind = TrainingFunctions.Kind(rawValue: name), let loss = module.function(named: Self.loss) else {
      throw Diagnostic(
        .usage, "\(modelName) has no function '\(name)'", notes: ["it has: " + functionNames.joined(separator: ", ")])
    }
    let function = try record.time("autodiff @\(name)") { () throws(Diagnostic) in
      try TrainingFunctions(loss, try updateRule()).function(kind)
    }
    // A model may use names that training uses too.
    try Verifier.verify(function)
    return function
  }

  /// The module with exactly these functions, before any pass.
  public func differentiated(_ names: [String]) throws(Diagnostic) -> Module {
    try record.finished("graph", "tir") { () throws(Diagnostic) in Printer().text(module) }
    var result = module
    result.functions = []
    for name in names { result.functions.append(try function(name)) }
    try record.finished("grad", "tir") { () throws(Diagnostic) in Printer().text(result) }
    return result
  }

  /// The module after the passes. `watch` is told of each.
  public func optimized(
    _ module: Module, watch: ((PassManager.Event) -> Void)? = nil
  ) throws(Diagnostic) -> Module {
    let (record, start) = (record, record.phaseCount)
    if record.wantsPasses || watch != nil {
      passes.afterPass = { (event) throws(Diagnostic) in
        record.finished(event, pipelineStart: start)
        watch?(event)
      }
    }
    let result = try passes.run(module, threads: threads)
    passes.afterPass = nil
    record.add(passes)
    return try fitted(result)
  }

  /// The functions of an optimised module as kernels over planned memory.
  public func lowered(_ module: Module) throws(Diagnostic) -> [Program] {
    let options = options.lowering.suited(to: target)
    let results = try concurrentMap(module.functions, threads: threads) { (function) throws(Diagnostic) in
      let start = ContinuousClock.now
      let program = try Program.lower(function, options: options)
      return (program: program, duration: ContinuousClock.now - start)
    }
    for result in results { record.add("lower @\(result.program.name)", result.duration) }
    let programs = results.map(\.program)
    if self.options.remarks {
      for program in programs {
        for remark in program.remarks { StandardStream.error.line("remark: @\(program.name): \(remark)") }
      }
    }
    try record.finished("buffer", "bir") { () throws(Diagnostic) in Self.text(programs) }
    return programs
  }

  /// One function as kernels.
  func program(of function: Function) throws(Diagnostic) -> Program {
    return try Program.lower(function, options: options.lowering.suited(to: target))
  }

  /// Writes what was asked to be seen.
  public func finish() throws(Diagnostic) { try record.finish(model: modelName) }

  static func text(_ programs: [Program]) -> String { programs.map { $0.print() }.joined(separator: "\n") }

  /// How many things are worked on at a time.
  var threads: Int { ThreadPool.processors }

  /// How LLVM is to work.
  var codegenOptions: CodegenOptions {
    var result = CodegenOptions()
    result.target = target
    result.threads = threads
    result.sharesSizes = options.sharesKernels
    if options.optimization > 2 { result.optimization = .aggressive }
    return result
  }
}

extension Module {
  /// The records that a file of inputs holds: the leading size of the first tensor of a feed that it has, or of another
  /// input as large as the module's batch; nil when it holds none.
  func batch(of inputs: SafeTensorsReader) -> Int? {
    let arguments = functions.flatMap(\.arguments).filter { $0.role.isInput }
    func size(_ argument: Argument) -> Int? {
      guard let shape = inputs[argument.name]?.shape, let first = shape.first, first > 0,
        shape.count == argument.type.rank
      else { return nil }
      return first
    }
    let fed = arguments.filter { $0.role != .input }
    let others = arguments.filter { $0.role == .input && $0.type.shape.first == integer("batch") }
    return (fed + others).lazy.compactMap(size).first
  }

  /// An attribute that is a whole number.
  func integer(_ name: String) -> Int? {
    if case .integer(let value)? = attribute(name) { return value }
    return nil
  }
}
