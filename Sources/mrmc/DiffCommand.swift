import ArgumentParser
import Driver

struct DiffCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare compiled code with the f64 interpreter; name the first node that differs.",
    discussion: """
      Without --inputs the arguments are made from --init. The interpreter is slow: use a small model and batch.
      Results may differ by what rounding makes of them. In bf16 each node is compared on its own operands too.
      Exits with 1 when they differ.

      Examples:
        mrmc diff mrm-nano --function loss_and_grads
        mrmc diff kernel.tir --inputs in.safetensors --tolerance 1e-4
      """)

  @Argument(help: "A .tir file, a name from 'mrmc models', or a .swift file.")
  var model: String
  @Option(help: "The function. (default: the only one, or loss)")
  var function: String?
  @Option(help: "Arguments by name.", completion: .file(extensions: ["safetensors"]))
  var inputs: String?
  @Option(
    name: .customLong("init"), parsing: .unconditional,
    help: ArgumentHelp("Seed of what is left out.", valueName: "seed"))
  var initialSeed: UInt64 = 0
  @Option(parsing: .unconditional, help: "Largest difference allowed, relative to the tensor's largest magnitude.")
  var tolerance = 1e-3
  @Option(parsing: .unconditional, help: "Threads. (default: the processors)")
  var threads: Int?
  @OptionGroup var flags: BuildFlags

  func execute() throws(Diagnostic) -> Support.ExitCode {
    var diff = Diff(try flags.options(model), function: function, inputs: inputs)
    diff.initialSeed = initialSeed
    diff.threads = threads
    diff.tolerance = tolerance
    return try diff.run()
  }
}
