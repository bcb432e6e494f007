import Execution
import Training

/// `mrmc train`: a training program in this process, through the JIT.
public struct Train {
  public var options: BuildOptions
  /// The flags of the training program's `train`.
  public var flags: [String]

  public init(_ options: BuildOptions, flags: [String]) {
    self.options = options
    self.flags = flags
  }

  /// Trains; returns the training's exit code.
  public func run() throws(Diagnostic) -> ExitCode {
    if options.dryRun {
      try Build(options, output: nil).run()
      return .success
    }
    let compilation = try Compilation(options)
    let compiled = try CompiledProgram(compilation)
    let objects = try compiled.objects(compilation, main: false)
    let code = try LoadedCode(objects, for: compilation.target)
    try compilation.finish()
    let image = try ProgramImage(code.image)
    return withExtendedLifetime(code) { TrainingProgram.main(image, arguments: ["train"] + flags) }
  }
}
