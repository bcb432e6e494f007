import ArgumentParser
import Execution

/// `info`: what the program was built from, and what it finds on this machine.
struct InfoCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "info", abstract: "Show model, options, target, hashes and memory plan.",
      discussion: """
        Examples:
          \(ProgramCommands.programName) info
          \(ProgramCommands.programName) info --kernels
          \(ProgramCommands.programName) info --json
        """)
  }

  @Flag(help: "One JSON object on stdout.")
  var json = false
  @Flag(help: "List the kernels too, in the order they run.")
  var kernels = false

  var needsProcessor: Bool { false }

  func run(_ image: ProgramImage) throws(Diagnostic) -> ExitStatus {
    let info = try ProgramInfo(image)
    if json {
      let members = (info.json.members ?? []) + (kernels ? [JSONMember("kernels", KernelList(image).json)] : [])
      StandardStream.out.write(JSON.object(members).pretty)
    } else {
      StandardStream.out.write(info.text + (kernels ? KernelList(image).text : ""))
    }
    if let warning = CPUCheck.blasWarning { StandardStream.error.line("warning: " + warning) }
    return .success
  }
}
