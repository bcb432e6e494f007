import ArgumentParser
import Data
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

/// Scores as lines of a CSV file.
struct ScoreTable {
  private let session: EvaluationSession
  /// The results that are written, and how many numbers each has for a record.
  private let results: [(name: String, width: Int)]
  private let columns: [String]

  /// The scores that the task's metrics read, under the names of their classes; else all measures. `failure` where the
  /// function gives no numbers.
  init(_ session: EvaluationSession) throws(Diagnostic) {
    self.session = session
    let task = session.program.task
    let measures = (session.program.function(ProgramDescription.FunctionName.predict)?.outputs(.measure) ?? []).filter {
      $0.type.element == .f32 && $0.type.rank <= 2
    }
    let read = Set(task.metrics.filter { $0.feed != nil }.flatMap(\.results))
    let chosen = measures.contains { read.contains($0.name) } ? measures.filter { read.contains($0.name) } : measures
    if chosen.isEmpty {
      throw Diagnostic(.failure, "this program's @predict gives no scores", notes: ["a score is a measure f32[B, C]"])
    }
    var columns: [String] = []
    for output in chosen {
      let width = output.type.count / session.program.batch
      let labels = task.metrics.first { $0.results.contains(output.name) }?.feed.flatMap { task.feed($0) }
      var names = (0..<width).map { "\(output.name).\($0)" }
      if width == 1 { names = [output.name] }
      if case .labels(let feed) = labels?.source, feed.columns.count == width {
        names = chosen.count == 1 ? feed.columns : feed.columns.map { "\(output.name).\($0)" }
      }
      columns += names
    }
    results = chosen.map { ($0.name, $0.type.count / session.program.batch) }
    self.columns = columns
  }

  private var nameColumn: String { session.feeds.nameColumn ?? "record" }

  /// The first line.
  var header: String { ([nameColumn] + columns).map(Self.field).joined(separator: ",") + "\n" }

  /// A line for each record of a batch. `nonFiniteLoss` naming a record whose scores are not numbers.
  func rows(_ batch: EvaluatedBatch) throws(Diagnostic) -> String {
    var text = ""
    for row in 0..<batch.rows {
      let record = batch.tasks.records[row]
      var fields = [Self.field(session.table.has(nameColumn) ? session.table.field(record, nameColumn) : "\(record)")]
      for result in results {
        let values = batch.values(result.name)!
        for value in values[row * result.width..<(row + 1) * result.width] {
          if !value.isFinite {
            throw Diagnostic(
              .nonFiniteLoss, "the scores of a record are not finite",
              notes: ["record \(batch.tasks.recordNames[row])", "look at this record, and at the weights"])
          }
          fields.append("\(value)")
        }
      }
      text += fields.joined(separator: ",") + "\n"
    }
    return text
  }

  /// A CSV field, quoted where it must be.
  private static func field(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    return needsQuotes
      ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : text
  }
}
