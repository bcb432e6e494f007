import Codegen

/// `mrmc ir`: a model at one stage of its way to machine code.
public struct ShowIR {
  public var options: BuildOptions
  public var stage: Stage
  /// One function; nil: all that a training program has.
  public var function: String?
  public var output: String
  /// Leaves out the layer paths and source lines.
  public var hidesLocations = false
  /// Constants and lists of more elements are cut short; nil: never, so that the text can be read back.
  public var elideAbove: Int?

  public init(_ options: BuildOptions, stage: Stage, function: String?, output: String) {
    self.options = options
    self.stage = stage
    self.function = function
    self.output = output
  }

  public func run() throws(Diagnostic) {
    if let elideAbove, elideAbove < 0 { throw Diagnostic(.usage, "--elide \(elideAbove): expected 0 or more") }
    let compilation = try Compilation(options)
    if options.dryRun {
      let names = function.map { [$0] } ?? compilation.functionNames
      return try DryRun.show(compilation, try compilation.functions(names))
    }
    try writeText(try text(compilation), to: output)
    try compilation.finish()
  }

  private func text(_ compilation: Compilation) throws(Diagnostic) -> String {
    let printer = Printer(.init(elideAbove: elideAbove, locations: !hidesLocations))
    if stage == .graph {
      var module = compilation.module
      if let function {
        guard let found = module.function(named: function) else {
          throw Diagnostic(
            .usage, "--function \(function) --stage graph: the model has no such function",
            notes: [
              "it has: " + module.functions.map(\.name).joined(separator: ", "),
              "from stage grad on: " + compilation.functionNames.joined(separator: ", "),
            ])
        }
        module.functions = [found]
      }
      return printer.text(module)
    }
    let grad = try compilation.differentiated(function.map { [$0] } ?? compilation.functionNames)
    if stage == .grad { return printer.text(grad) }
    let fused = try compilation.optimized(grad)
    if stage == .fused { return printer.text(fused) }
    let programs = try compilation.lowered(fused)
    switch stage {
    case .llvm: return try CodeGenerator.llvmText(programs, options: compilation.codegenOptions)
    case .asm: return try CodeGenerator.assembly(programs, options: compilation.codegenOptions)
    case .graph, .grad, .fused, .buffer: return Compilation.text(programs)
    }
  }
}
