import BufferIR
import Models

extension ProgramDescription {
  /// The compiler's name and version.
  static let compilerName = "mrmc \(version)"

  /// The description of a program that holds these functions of the model. `badData` for a model that states no task, or
  /// whose functions do not fit it.
  init(_ compilation: Compilation, _ programs: [Program], irHash: String) throws(Diagnostic) {
    let module = compilation.module
    guard let task = module.task else {
      throw Diagnostic(
        .badData, "\(compilation.modelName) states no task, so a training program would not know what to read",
        notes: ["state one with ModuleBuilder.add or train (docs/dsl.md); mrmc run needs none"])
    }
    self.init(
      model: compilation.modelName, precision: compilation.options.precision.rawValue,
      optimization: compilation.options.optimization, targetCPU: compilation.target.cpu,
      cpuFeatures: compilation.target.requiredCPUFlags, irHash: irHash, batch: compilation.batch,
      compiler: Self.compilerName, options: Self.options(of: module), buildFlags: compilation.options.commandLine,
      task: task, parameters: try Self.parameters(of: module, compilation.modelName),
      functions: programs.map(\.signature))
    try TaskInterface(compilation.modelName, task, batch: compilation.batch).check(programs)
  }

  /// The model's options, resolved.
  static func options(of module: Module) -> [Option] {
    let prefix = "option."
    return module.attributes.compactMap { attribute in
      guard attribute.name.hasPrefix(prefix) else { return nil }
      let value: String
      if case .string(let text) = attribute.value { value = text } else { value = Printer().text(attribute.value) }
      return Option(key: String(attribute.name.dropFirst(prefix.count)), value: value)
    }
  }

  /// Those of @loss, or of the functions that were differentiated already. `badData` if there is nothing to train.
  private static func parameters(of module: Module, _ model: String) throws(Diagnostic) -> [Input] {
    let sources = module.function(named: Compilation.loss).map { [$0] } ?? module.functions
    var seen = Set<String>()
    let parameters = sources.flatMap(\.arguments).filter { $0.role.parameter != nil && seen.insert($0.name).inserted }
    if !parameters.contains(where: \.isTrainable) {
      throw Diagnostic(.badData, "\(model) has no parameters to train")
    }
    return parameters.map { Input($0.name, $0.type, role: $0.role) }
  }
}
