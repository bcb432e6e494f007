import ArgumentParser
import Execution

/// `eval`: the task's metrics on records held out.
struct EvalCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "eval", abstract: "Measure the task's metrics on held-out records.",
      discussion: """
        Images are resized and cropped at the centre; masks depend on the seed alone. Where hidden words are restored, \
        the accuracy stands beside that of always predicting the most frequent token. With --shuffle-images every record \
        is paired with the image of another one: what is lost shows how much the model reads from the image.

        Examples:
          \(ProgramCommands.programName) eval \(ProgramCommands.dataExample) \\
            --weights run/checkpoint-1000
          \(ProgramCommands.programName) eval \(ProgramCommands.dataExample) \\
            --weights model.safetensors --json
        """)
  }

  @OptionGroup var flags: EvaluationFlags
  @Flag(help: "One JSON object on stdout.")
  var json = false
  @Flag(help: "Pair each record with the image of another one.")
  var shuffleImages = false

  @Option(help: "Bootstrap samples for the intervals of classification metrics; 0 for none.")
  var bootstrap = 1000

  var needsProcessor: Bool { true }

  func validate() throws {
    if !(0...1_000_000).contains(bootstrap) {
      throw ValidationError("--bootstrap \(bootstrap): expected 0 to 1000000 samples.")
    }
  }

  func run(_ image: ProgramImage) throws(Diagnostic) -> ExitStatus {
    let session = try flags.session(image, feeds: image.description.metricFeeds, shufflesImages: shuffleImages)
    let result = try session.evaluator.evaluate(replicates: bootstrap)
    StandardStream.out.line(json ? result.json.compact : result.text)
    return .success
  }
}
