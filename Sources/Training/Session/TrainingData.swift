import Data
import Execution

/// The records that a run trains on.
struct TrainingData {
  let loader: BatchLoader
  /// `9 records`, or `3 of 9 records`.
  let count: String
  private let tokenizer: String?

  /// `functions`: those that train; `all`: also those that measure, which may read texts where training does not.
  init(
    _ program: ProgramDescription, _ options: TrainingOptions, functions: [String], all: [String]
  ) throws(Diagnostic) {
    let own = program.feeds(of: functions)
    let isForOthers = !Self.hasText(own) && Self.hasText(program.feeds(of: all))
    tokenizer = options.tokenizer
    let feeds = try FeedSet(own, tokenizer: isForOthers ? nil : options.tokenizer)
    let whole = try feeds.table(options.data, training: true)
    let table = try options.fraction.map { (part) throws(Diagnostic) in try part.records(of: whole, feeds) } ?? whole
    count = table.count == whole.count ? "\(whole.count) records" : "\(table.count) of \(whole.count) records"
    loader = try BatchLoader(table, feeds, batch: program.batch, mode: .training, seed: options.seed)
  }

  private static func hasText(_ feeds: [Feed]) -> Bool {
    feeds.contains(where: \.readsText)
  }

  /// Changes with the records, their order and the tokenizer.
  func hash() throws(Diagnostic) -> String {
    var hash = StableHash()
    hash.update(loader.table.fingerprint())
    if let tokenizer { hash.update(try readFile(tokenizer)) }
    return hash.hex
  }
}
