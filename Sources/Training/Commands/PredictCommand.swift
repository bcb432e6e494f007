import ArgumentParser
import Execution

/// `predict`: scores of records whose labels are not known.
struct PredictCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "predict", abstract: "Write the scores of records, or of single images, to a CSV file.",
      discussion: """
        One row for each record in the order of the list: the image's path, then a score for each class.

        Examples:
          \(ProgramCommands.programName) predict --data test.csv --weights run/checkpoint-1000 -o scores.csv
          \(ProgramCommands.programName) predict --image a.png b.jpg --weights model.safetensors -o -
        """)
  }

  @Option(help: "CSV list of the records; labels are not read.", completion: .file(extensions: ["csv"]))
  var data: String?
  @Option(parsing: .upToNextOption, help: "Images, instead of a list.", completion: .file())
  var image: [String] = []
  @Option(help: "Tokenizer; for programs that read texts.", completion: .file())
  var tokenizer: String?
  @Option(help: "A file of weights (safetensors, or PyTorch's .pth, .pt, .bin) or a checkpoint.", completion: .file())
  var weights: String
  @Option(name: .shortAndLong, help: "The CSV file to write; - is stdout.", completion: .file(extensions: ["csv"]))
  var output: String
  @Option(help: "Threads. (default: the processors)")
  var threads: Int?

  var needsProcessor: Bool { true }

  func validate() throws {
    if data == nil, image.isEmpty { throw ValidationError("give --data LIST, or --image FILE…") }
    if data != nil, !image.isEmpty { throw ValidationError("--data and --image exclude each other.") }
  }

  func run(_ program: ProgramImage) throws(Diagnostic) -> ExitStatus {
    let session = try EvaluationSession(
      program, function: ProgramDescription.FunctionName.predict, records: data.map { .list($0) } ?? .images(image),
      tokenizer: tokenizer, weights: weights, seed: 0, threads: try resolveThreads(threads))
    let file = AtomicFile.isStandardOutput(output) ? nil : try AtomicFile(path: output)
    let scores = try ScoreTable(session)
    var text = scores.header
    try session.evaluator.forEachBatch { batch throws(Diagnostic) in
      text += try scores.rows(batch)
      if let file {
        try file.write(text)
        text = ""
      }
      return true
    }
    if let file { try file.commit() } else { StandardStream.out.write(text) }
    return .success
  }
}
