import ArgumentParser
import Driver

struct IRCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "ir", abstract: "Print a model at a stage of its way to machine code.",
    discussion: """
      Examples:
        mrmc ir mrm-nano --stage graph --function loss
        mrmc ir mrm-nano --stage fused --function train_step --no-locations
        mrmc ir mrm-tiny --stage buffer -o tiny.bir
      """)

  @Argument(help: "A name from 'mrmc models', a .swift file or a .tir file.")
  var model: String
  @Option(help: ArgumentHelp("Which form.", valueName: "graph|grad|fused|buffer|llvm|asm"))
  var stage: String
  @Option(help: "One function. (default: all)")
  var function: String?
  @Option(name: .shortAndLong, help: "Where it goes; - is stdout.", completion: .file())
  var output = "-"
  @Flag(name: .customLong("no-locations"), help: "Leave out layer paths and source lines.")
  var hidesLocations = false
  @Option(
    parsing: .unconditional, help: "Cut lists and constants of more elements short; such text cannot be read back.")
  var elide: Int?
  @OptionGroup var flags: BuildFlags

  func execute() throws(Diagnostic) -> Support.ExitCode {
    var show = ShowIR(
      try flags.options(model), stage: try choice("--stage", stage), function: function, output: output)
    show.hidesLocations = hidesLocations
    show.elideAbove = elide
    try show.run()
    return .success
  }
}
