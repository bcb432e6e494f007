import Data
import Execution

/// Held-out records that are measured while training: in the memory that training uses, between its steps.
final class Validation {
  let every: Int
  let options: ValidationOptions
  private let evaluator: Evaluator

  /// `standard`: steps between evaluations where the options do not say. `usage` for a metric that there is not.
  init(
    _ image: ProgramImage, _ options: ValidationOptions, memory: ProgramMemory, pool: ThreadPool, tokenizer: String?,
    every standard: Int
  ) throws(Diagnostic) {
    let program = image.description
    let name = ProgramDescription.FunctionName.evaluate
    let wanted = program.feeds(of: [name], and: program.metricFeeds)
    let hasText = wanted.contains(where: \.readsText)
    let feeds = try FeedSet(wanted, tokenizer: hasText ? tokenizer : nil)
    let table = try feeds.table(options.list, training: false)
    // The seed of `eval` where none is given: the log has the values that it prints.
    let loader = try BatchLoader(table, feeds, batch: program.batch, mode: .evaluation, seed: 0)
    evaluator = try Evaluator(image, function: name, memory: memory, pool: pool, loader: loader)
    every = options.every ?? standard
    self.options = options
    if let metric = options.keepBest, !evaluator.keys.contains(metric) {
      throw Diagnostic(
        .usage, "--keep-best \(metric): there is no such metric",
        notes: ["this program measures " + evaluator.keys.joined(separator: ", ")])
    }
  }

  /// What evaluations begin with.
  var start: ValidationState {
    ValidationState(dataHash: evaluator.loader.table.fingerprint(), metric: options.keepBest)
  }

  /// How many records are measured, for people.
  var note: String { "\(evaluator.loader.table.count) held-out records are measured every \(every) steps" }

  /// The metrics of the parameters as they are.
  func evaluate() throws(Diagnostic) -> Evaluation { try evaluator.evaluate() }
}
