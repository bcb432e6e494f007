import ArgumentParser
import Driver

/// The compiler's command line.
@main
struct MRMC: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mrmc",
    abstract: "Compile masked-record-modeling training programs.",
    discussion: """
      A MODEL is a name from 'mrmc models', a .swift file written in the DSL, or a .tir file.

      Examples:
        mrmc demo
        mrmc build mrm-vit-b16 --batch 16 -o pretrain
        ./pretrain train --data training.csv --tokenizer wordpiece.json --output run
        mrmc build mrm-tiny --set image_mask_ratio=0.5 --dry-run
        mrmc run mrm-nano --function loss --init 0 --inputs batch.safetensors --outputs out.safetensors

      Exit codes: 0 done, 1 failed, 64 usage, 65 bad data, 66 no such file, 70 compiler bug, 74 cannot be written, \
      79 loss not finite, 130 interrupted, 143 ended by SIGTERM.
      """,
    version: Driver.version,
    subcommands: [
      ModelsCommand.self, BuildCommand.self, TrainCommand.self, RunCommand.self, OptCommand.self, IRCommand.self,
      DiffCommand.self, InspectCommand.self, BenchCommand.self, DataCommand.self, StudyCommand.self, DemoCommand.self,
    ])

  static func main() {
    StandardStream.occupy()
    do {
      var command = try parseAsRoot()
      if var verb = command as? any Verb { end(try verb.execute()) }
      if command is MRMC || command is DataCommand {
        StandardStream.error.line(helpMessage(for: type(of: command)))
        end(.usage)
      }
      try command.run()
      end(.success)
    } catch let error as Diagnostic {
      StandardStream.error.line(error.description)
      end(error.code)
    } catch {
      let text = fullMessage(for: error)
      if exitCode(for: error).isSuccess {
        StandardStream.out.line(text)
        end(.success)
      }
      StandardStream.error.line(text)
      end(.usage)
    }
  }
}

/// A subcommand that does something.
protocol Verb: ParsableCommand {
  mutating func execute() throws(Diagnostic) -> Support.ExitCode
}
