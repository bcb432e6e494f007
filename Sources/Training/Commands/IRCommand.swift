import ArgumentParser
import Execution

/// `ir`: a stage of the IR the program was compiled from.
struct IRCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "ir", abstract: "Print the IR the program was compiled from.",
      discussion: """
        Examples:
          \(ProgramCommands.programName) ir --stage fused
          \(ProgramCommands.programName) ir --stage graph -o model.tir
        """)
  }

  @Option(help: "Which stage; `info` lists them.")
  var stage: String
  @Option(name: .shortAndLong, help: "Where to write it; - is stdout.", completion: .file())
  var output = "-"

  var needsProcessor: Bool { false }

  func run(_ image: ProgramImage) throws(Diagnostic) -> ExitStatus {
    guard let found = image.stages.first(where: { $0.name == stage }) else {
      throw Diagnostic(
        .usage, "--stage \(stage): no such stage",
        notes: ["this program holds: " + image.stages.map(\.name).joined(separator: ", ")])
    }
    if output == "-" {
      StandardStream.out.write(found.text)
    } else {
      try AtomicFile.write(found.text, to: output)
    }
    return .success
  }
}
