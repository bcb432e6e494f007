import ArgumentParser
import CRuntime
import Support

/// A training program's command line: `train`, `eval`, `reconstruct`, `info` and `ir`.
public enum TrainingProgram {
  /// Runs the command the arguments (without the program's name) ask for and returns the exit code of the process.
  /// Errors are one diagnostic on stderr.
  public static func main(_ image: ProgramImage, arguments: [String]) -> Support.ExitCode {
    do {
      var parsed = try ProgramCommands.parseAsRoot(arguments)
      if let command = parsed as? any ProgramCommand { return execute(command, image) }
      if parsed is ProgramCommands {
        StandardStream.error.line(ProgramCommands.helpMessage())
        return .usage
      }
      try parsed.run()
      return .success
    } catch {
      let code = ProgramCommands.exitCode(for: error)
      let text = ProgramCommands.fullMessage(for: error)
      if code.isSuccess {
        StandardStream.out.line(text)
        return .success
      }
      StandardStream.error.line(text)
      return .usage
    }
  }

  private static func execute(_ command: any ProgramCommand, _ image: ProgramImage) -> Support.ExitCode {
    do throws(Diagnostic) {
      if command.needsProcessor {
        try CPUCheck.require(
          image.manifest.cpuFeatures, of: image.manifest.targetCPU, by: "this program",
          remedy: "build it again with --target-cpu native on this machine, or x86-64-v3")
      }
      return try command.run(image)
    } catch {
      StandardStream.error.line(error.description)
      return error.code
    }
  }
}

/// A subcommand: parsed first, then run on the program's image.
protocol ProgramCommand: ParsableCommand {
  /// Whether it runs compiled code.
  var needsProcessor: Bool { get }
  func run(_ image: ProgramImage) throws(Diagnostic) -> Support.ExitCode
}

/// The root of the command line.
struct ProgramCommands: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: programName,
      abstract: "A masked-record-modeling training program, compiled by mrmc.",
      discussion: """
        Examples:
          \(programName) train --data training.csv --tokenizer tokens.json \\
            --output run --steps 1000
          \(programName) train --output run --resume auto
          \(programName) eval --data heldout.csv --tokenizer tokens.json \\
            --weights run/checkpoint-1000
          \(programName) info --json
        """,
      subcommands: [
        TrainCommand.self, EvalCommand.self, ReconstructCommand.self, InfoCommand.self, IRCommand.self,
        BenchCommand.self,
      ])
  }

  static var programName: String { baseName(CommandLine.arguments.first ?? "program") }
}

/// The entry point of a linked program: its `main` passes the embedded tables.
@_cdecl("mrm_program_main")
public func programMain(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, _ program: UnsafePointer<mrm_program>
) -> Int32 {
  StandardStream.occupy()
  let words = (1..<max(1, Int(count))).compactMap { arguments[$0].map { String(cString: $0) } }
  do throws(Diagnostic) {
    let code = TrainingProgram.main(try ProgramImage(program), arguments: words)
    return StandardStream.exitCode(code).rawValue
  } catch {
    StandardStream.error.line(error.description)
    return error.code.rawValue
  }
}
