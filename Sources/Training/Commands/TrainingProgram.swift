import ArgumentParser
import CRuntime
import Execution
import Synchronization

/// The exit codes of this house, where ArgumentParser has a type of that name too.
typealias ExitStatus = Contract.ExitCode

/// A training program's command line: `train`, `eval`, `predict`, `show`, `info` and `ir`, as far as its task has them.
public enum TrainingProgram {
  /// Runs the command the arguments (without the program's name) ask for and returns the exit code of the process.
  /// Errors are one diagnostic on stderr.
  public static func main(_ image: ProgramImage, arguments: [String]) -> Contract.ExitCode {
    ProgramCommands.setCurrent(image.description)
    do {
      var parsed = try ProgramCommands.parseAsRoot(try rewritten(arguments, image.description))
      if let command = parsed as? any ProgramCommand { return execute(command, image) }
      if parsed is ProgramCommands {
        StandardStream.error.line(ProgramCommands.helpMessage())
        return .usage
      }
      try parsed.run()
      return .success
    } catch let error as Diagnostic {
      StandardStream.error.line(error.description)
      return error.code
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

  private static func rewritten(_ arguments: [String], _ program: ProgramDescription) throws(Diagnostic) -> [String] {
    guard arguments.first == TrainCommand.configuration.commandName else { return arguments }
    let flags = try TrainArguments(Array(arguments.dropFirst()), program)
    ProgramCommands.setRecipeNote(flags.recipe)
    return [arguments[0]] + flags.words
  }

  private static func execute(_ command: any ProgramCommand, _ image: ProgramImage) -> ExitStatus {
    do throws(Diagnostic) {
      if command.needsProcessor {
        try CPUCheck.require(
          image.description.cpuFeatures, of: image.description.targetCPU, by: "this program",
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
  func run(_ image: ProgramImage) throws(Diagnostic) -> ExitStatus
}

/// The root of the command line.
struct ProgramCommands: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: programName,
      abstract: "A training program, compiled by mrmc\(current.map { ": \($0.task.summary)" } ?? "").",
      discussion: """
        Examples:
          \(programName) train \(dataExample) \\
            --output run --steps 1000
          \(programName) train --output run --resume auto
          \(programName) eval \(dataExample) \\
            --weights run/checkpoint-1000
          \(programName) info --json
        """, subcommands: subcommands)
  }

  private static var subcommands: [any ParsableCommand.Type] {
    var result: [any ParsableCommand.Type] = [TrainCommand.self, EvalCommand.self]
    guard let current else { return result + [InfoCommand.self, IRCommand.self, BenchCommand.self] }
    if current.function(ProgramDescription.FunctionName.predict) != nil { result.append(PredictCommand.self) }
    if current.task.views.contains(where: \.isReconstruction) { result.append(ReconstructCommand.self) }
    if !current.task.views.isEmpty { result.append(ShowCommand.self) }
    return result + [InfoCommand.self, IRCommand.self, BenchCommand.self]
  }

  static var programName: String { baseName(CommandLine.arguments.first ?? "program") }

  /// The flags that name records, for examples in help texts.
  static var dataExample: String {
    let readsTexts = current?.readsTexts ?? false
    return "--data training.csv" + (readsTexts ? " --tokenizer tokens.json" : "")
  }

  /// Help for the flag that names a list: the columns that the task reads.
  static var listHelp: ArgumentHelp {
    let columns = (current?.task.feeds ?? []).flatMap(\.columns)
    if columns.isEmpty { return "List of the records." }
    let some = columns.prefix(6).joined(separator: ", ") + (columns.count > 6 ? ", …" : "")
    return ArgumentHelp("List of the records: a CSV file with the columns \(some).")
  }

  // The parser makes its help from static properties: the program they speak of stands here.
  private static let state = Mutex<(program: ProgramDescription?, recipe: String?)>((nil, nil))

  /// The program whose command line this is.
  static var current: ProgramDescription? { state.withLock { $0.program } }
  /// The flags that `--recipe` stood for, for people.
  static var recipeNote: String? { state.withLock { $0.recipe } }

  static func setCurrent(_ program: ProgramDescription) { state.withLock { $0 = (program, nil) } }
  static func setRecipeNote(_ note: String?) { state.withLock { $0.recipe = note } }
}

extension ProgramDescription {
  /// Whether a feed of its task is made of texts.
  var readsTexts: Bool { task.feeds.contains(where: \.readsText) }
}

extension View {
  var isReconstruction: Bool {
    if case .reconstruction = self { return true }
    return false
  }
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
