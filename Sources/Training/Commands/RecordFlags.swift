import ArgumentParser
import Execution

/// Flags of the commands that read records.
struct RecordFlags: ParsableArguments {
  @Option(help: ProgramCommands.listHelp, completion: .file(extensions: ["csv"]))
  var data: String
  @Option(
    help: ArgumentHelp(
      "Tokenizer: Hugging Face tokenizer.json or BERT vocab.txt; for programs that read texts.",
      visibility: ProgramCommands.current.map(\.readsTexts) ?? true ? .default : .hidden), completion: .file())
  var tokenizer: String?
  @Option(help: "Seed of the masks, and of the samples for intervals.")
  var seed: UInt64 = 0
  @Option(help: "Threads. (default: the processors)")
  var threads: Int?

  /// The records with weights. `feeds`: names of those that are read though `@evaluate` does not take them.
  func session(
    _ image: ProgramImage, weights: String, feeds: [String], batches: Int = 2, shufflesImages: Bool = false
  ) throws(Diagnostic) -> EvaluationSession {
    try EvaluationSession(
      image, function: ProgramDescription.FunctionName.evaluate, records: .list(data), tokenizer: tokenizer,
      weights: weights, seed: seed, threads: try resolveThreads(threads), feeds: feeds, batches: batches,
      shufflesImages: shufflesImages)
  }
}
