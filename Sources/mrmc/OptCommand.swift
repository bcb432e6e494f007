import ArgumentParser
import Driver

struct OptCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "opt", abstract: "Run passes on a .tir file.",
    discussion: """
      Examples:
        mrmc opt model.tir --pipeline cse,dce -o smaller.tir
        mrmc ir mrm-nano --stage grad | mrmc opt - --remarks -o -
        mrmc opt --list
      """)

  @Argument(help: "A .tir file, or - for stdin.", completion: .file(extensions: ["tir"]))
  var input: String = "-"
  @Option(
    help: ArgumentHelp("Passes in order, with arguments in braces. (default: those of the level)", valueName: "passes"))
  var pipeline: String?
  @Option(name: .shortAndLong, help: "Where the result goes; - is stdout.", completion: .file())
  var output = "-"
  @Flag(help: "List the passes and what each does.")
  var list = false
  @OptionGroup var passes: PassFlags
  /// What opt refuses, saying what to do instead.
  @OptionGroup(title: "", visibility: .hidden) var model: ModelFlags

  func execute() throws(Diagnostic) -> Support.ExitCode {
    if list {
      StandardStream.out.write(Optimize.passList)
      return .success
    }
    var optimize = Optimize(input: input, pipeline: pipeline, output: output)
    try model.apply(to: &optimize.options)
    try passes.apply(to: &optimize.options)
    try optimize.run()
    return .success
  }
}
