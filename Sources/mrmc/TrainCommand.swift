import ArgumentParser
import Driver

struct TrainCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Compile a model and train it in this process.",
    discussion: """
      What follows -- goes to the training program's train, which 'mrmc train MODEL -- --help' describes.

      Examples:
        mrmc train mrm-tiny --batch 8 -- --data training.csv --tokenizer tokenizer.json --output run --steps 200
        mrmc train mrm-tiny --batch 8 -- --output run --resume auto
      """)

  @Argument(help: "A name from 'mrmc models', a .swift file or a .tir file.")
  var model: String
  @OptionGroup var flags: BuildFlags
  @Argument(parsing: .postTerminator, help: "Flags of the training program's train.")
  var trainFlags: [String] = []

  func execute() throws(Diagnostic) -> Support.ExitCode {
    let options = try flags.options(model)
    if options.dryRun {
      try Build(options, output: nil).run()
      return .success
    }
    return try Train(options, flags: trainFlags).run()
  }
}
