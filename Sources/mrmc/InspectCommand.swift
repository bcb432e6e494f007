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
      """)

  @Argument(help: "A program built by mrmc, or a model.")
  var model: String
  @Flag(help: "One JSON object on stdout.")
  var json = false
  @OptionGroup var flags: BuildFlags

  func execute() throws(Diagnostic) -> Support.ExitCode {
    try Inspect(try flags.options(model), json: json).run()
  }
}
