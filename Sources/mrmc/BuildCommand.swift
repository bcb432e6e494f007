import ArgumentParser
import Driver

struct BuildCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Compile a model to a stand-alone training program.",
    discussion: """
      The program needs neither Swift nor LLVM where it runs; 'PROGRAM --help' says what it can do.

      Examples:
        mrmc build mrm-tiny -o tiny
        mrmc build mrm-vit-b16 --batch 16 --target-cpu x86-64-v3 -o pretrain
        mrmc build mrm-vit-b16 --set report_loss=masked --set lambda=2 -o pretrain
        mrmc build model.swift --batch 4 --dry-run
        mrmc build mrm-nano --emit asm -o -
      """)

  @Argument(help: "A name from 'mrmc models', a .swift file or a .tir file.")
  var model: String
  @Option(name: .shortAndLong, help: "Where the program goes.", completion: .file())
  var output: String?
  @Option(help: ArgumentHelp("What to write.", valueName: "exe|obj|asm|llvm|buffer|ir"))
  var emit: String = "exe"
  @OptionGroup var flags: BuildFlags

  func execute() throws(Diagnostic) -> Support.ExitCode {
    var options = try flags.options(model)
    options.emission = try choice("--emit", emit)
    try Build(options, output: output).run()
    return .success
  }
}
