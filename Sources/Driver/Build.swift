import BufferIR
import Codegen

/// `mrmc build`: a model to a stand-alone training program, or to one of the forms before it.
public struct Build {
  public var options: BuildOptions
  /// Where the result goes; `-` is standard output for those that are text.
  public var output: String?

  public init(_ options: BuildOptions, output: String?) {
    self.options = options
    self.output = output
  }

  public func run() throws(Diagnostic) {
    if options.dryRun { return try dryRun() }
    guard let output else {
      throw Diagnostic(.usage, "-o is missing: where the \(options.emission == .exe ? "program" : "output") goes")
    }
    if output.isEmpty { throw Diagnostic(.usage, "-o '': expected a file") }
    if output == "-", options.emission == .exe || options.emission == .obj {
      throw Diagnostic(
        .usage, "-o -: a program and an object are files; text goes to standard output, --emit asm|llvm|buffer|ir")
    }
    if options.emission == .exe || options.emission == .obj { try Linker.checkPlace(output) }
    let start = ContinuousClock.now
    let compilation = try Compilation(options)
    if options.emission == .exe { _ = try InstalledLibraries() }
    // An object of a model that is no training program holds its functions alone.
    let trains = options.emission == .exe || (options.emission == .obj && compilation.module.task != nil)
    let compiled = try CompiledProgram(compilation, trains: trains)
    switch options.emission {
    case .exe:
      let objects = try compiled.objects(compilation, main: true)
      try compilation.record.time("link") { () throws(Diagnostic) in try Linker.program(objects, at: output) }
    case .obj: try Linker.object(try compiled.objects(compilation, main: trains), at: output)
    case .asm: try write(try CodeGenerator.assembly(compiled.programs, options: compilation.codegenOptions))
    case .llvm: try write(try CodeGenerator.llvmText(compiled.programs, options: compilation.codegenOptions))
    case .buffer: try write(compiled.text("buffer"))
    case .ir: try write(compiled.text("fused"))
    }
    try compilation.finish()
    for report in compilation.reports { StandardStream.error.line(report.text) }
    let seconds = (ContinuousClock.now - start).seconds
    StandardStream.error.line(
      "\(compilation.modelName), batch \(compilation.batch) -> \(output) in \(durationText(seconds))")
  }

  private func write(_ text: String) throws(Diagnostic) { try writeText(text, to: output!) }

  private func dryRun() throws(Diagnostic) {
    let compilation = try Compilation(options)
    var names = CompiledProgram.functions.filter { compilation.functionNames.contains($0) }
    if names.isEmpty { names = compilation.functionNames }
    try DryRun.show(compilation, try compilation.functions(names))
  }
}

/// Writes a text result: whole or not at all, `-` to standard output.
func writeText(_ text: String, to path: String) throws(Diagnostic) {
  if path == "-" { StandardStream.out.write(text) } else { try AtomicFile.write(text, to: path) }
}
