import ArgumentParser
import Support

/// Flags of the commands that read records and weights.
struct EvaluationFlags: ParsableArguments {
  @Option(help: "CSV list with the columns image_path and report_content.", completion: .file(extensions: ["csv"]))
  var data: String
  @Option(help: "Tokenizer: Hugging Face tokenizer.json or BERT vocab.txt.", completion: .file())
  var tokenizer: String
  @Option(help: "A model.safetensors file or a checkpoint directory.", completion: .file())
  var weights: String
  @Option(help: "Seed of the masks.")
  var seed: UInt64 = 0
  @Option(help: "Threads. (default: the processors)")
  var threads: Int?

  func session(
    _ image: ProgramImage, batches: Int, shufflesImages: Bool = false
  ) throws(Diagnostic) -> EvaluationSession {
    try EvaluationSession(
      image, data: data, tokenizer: tokenizer, weights: weights, seed: seed,
      threads: try resolveThreads(threads), batches: batches, shufflesImages: shufflesImages)
  }
}

/// `eval`: losses and masked-token accuracy on records held out.
struct EvalCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "eval", abstract: "Measure losses and masked-token accuracy on held-out records.",
      discussion: """
        Images are resized and cropped at the centre; masks depend on the seed alone. The accuracy stands beside that \
        of always predicting the most frequent token. With --shuffle-images every report is paired with the image of \
        another record: what is lost shows how much the model reads from the image.

        Examples:
          \(ProgramCommands.programName) eval --data heldout.csv --tokenizer tokens.json \\
            --weights run/checkpoint-1000
          \(ProgramCommands.programName) eval --data heldout.csv --tokenizer tokens.json \\
            --weights model.safetensors --json
        """)
  }

  @OptionGroup var flags: EvaluationFlags
  @Flag(help: "One JSON object on stdout.")
  var json = false
  @Flag(help: "Pair each report with the image of another record.")
  var shuffleImages = false

  var needsProcessor: Bool { true }

  func run(_ image: ProgramImage) throws(Diagnostic) -> Support.ExitCode {
    let session = try flags.session(image, batches: 2, shufflesImages: shuffleImages)
    let result = try session.evaluate()
    StandardStream.out.line(json ? result.json.compact : result.text)
    return .success
  }
}
