import Data
import Execution

/// The start of the commands that read records and weights: memory, parameters, list, and the function bound to them.
final class EvaluationSession {
  let program: ProgramDescription
  let memory: ProgramMemory
  let table: RecordTable
  let feeds: FeedSet
  let evaluator: Evaluator
  private let image: ProgramImage
  private let function: String
  private let pool: ThreadPool
  private let seed: UInt64

  /// Where the records come from.
  enum Records {
    case list(String)
    case images([String])
  }

  /// `feeds`: names of those that are read though the function does not take them; `batches`: 2 to read beside running.
  init(
    _ image: ProgramImage, function: String, records: Records, tokenizer: String?, weights: String, seed: UInt64,
    threads: Int, feeds others: [String] = [], batches: Int = 2, shufflesImages: Bool = false
  ) throws(Diagnostic) {
    program = image.description
    self.image = image
    self.function = function
    self.seed = seed
    _ = try image.signature(function)
    let wanted = program.feeds(of: [function], and: others)
    pool = try ThreadPool(threads: threads)
    memory = try ProgramMemory(image, functions: [function], feeds: wanted, batches: batches, threads: threads)
    let report = try Weights.load(
      try Weights.open(weights), program, into: memory.state, .use, seed: seed, threads: threads)
    for note in report.notes + (report.ignored.map { [$0] } ?? []) { StandardStream.error.line("note: " + note) }
    feeds = try FeedSet(wanted, tokenizer: tokenizer)
    switch records {
    case .list(let path): table = try feeds.table(path, training: false)
    case .images(let files):
      table = RecordTable(files: files, column: feeds.nameColumn ?? "")
      try feeds.check(table, training: false)
    }
    if shufflesImages, table.count < 2 {
      throw Diagnostic(
        .usage, at: SourceLocation(file: table.file), "--shuffle-images needs two records or more, this list has one")
    }
    let loader = try BatchLoader(
      table, feeds, batch: program.batch, mode: .evaluation, seed: seed, imageShift: shufflesImages ? 1 : 0)
    evaluator = try Evaluator(image, function: function, memory: memory, pool: pool, loader: loader)
  }

  /// An evaluator of another list with the same weights, to be used before or after the session's own.
  func evaluator(of list: String) throws(Diagnostic) -> Evaluator {
    let loader = try BatchLoader(
      try feeds.table(list, training: false), feeds, batch: program.batch, mode: .evaluation, seed: seed)
    return try Evaluator(image, function: function, memory: memory, pool: pool, loader: loader)
  }
}
