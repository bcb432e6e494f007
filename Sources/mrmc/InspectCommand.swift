import ArgumentParser
import Driver

struct InspectCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show parameters, FLOPs, memory plan, kernels, build flags and hashes.",
    discussion: """
      Examples:
        mrmc inspect ./pretrain
        mrmc inspect mrm-vit-b16 --batch 16
        mrmc inspect mrm-tiny --json
        mrmc inspect mrm-vit-b16 --batch 16 --memory-svg arena.svg
      """)

  @Argument(help: "A program built by mrmc, or a model.")
  var model: String
  @Flag(help: "One JSON object on stdout.")
  var json = false
  @Option(
    name: .customLong("memory-svg"), help: "Draw the temporary memory over time to this file.",
    completion: .file(extensions: ["svg"]))
  var memoryPicture: String?
  @Option(help: "The function drawn. (default: train_step)")
  var function: String?
  @OptionGroup var flags: BuildFlags

  func execute() throws(Diagnostic) -> Support.ExitCode {
    var inspect = Inspect(try flags.options(model), json: json)
    inspect.memoryPicture = memoryPicture
    inspect.function = function
    return try inspect.run()
  }
}
