import Data
import Execution

/// Measures scores that a file holds, instead of those of weights, against the labels of lists. Images are not read.
struct ScoredEvaluator {
  private let program: ProgramDescription
  private let metrics: [Metric]
  private let columns: [[String]]
  private let image: ImageFeed
  private let file: ScoreFile
  private let threads: Int

  /// `usage`: the task has no metric that compares scores with labels, or no images to know records by.
  init(_ program: ProgramDescription, scores path: String, threads: Int) throws(Diagnostic) {
    self.program = program
    self.threads = threads
    metrics = program.task.metrics.filter(\.isOfScores)
    let images = program.task.feeds.compactMap { if case .image(let feed) = $0.source { feed } else { nil } }
    guard !metrics.isEmpty, let first = images.first else {
      throw Diagnostic(
        .usage, "--scores \(path): this program has no metric that compares scores with labels",
        notes: ["measure it with --weights"])
    }
    image = first
    let known = try ScoreColumns(program)
    columns = metrics.map { metric in
      if let columns = metric.results.first.flatMap({ known[$0] }) { return columns }
      if case .labels(let labels) = metric.feed.flatMap(program.task.feed)?.source { return labels.columns }
      return []
    }
    var seen = Set<String>()
    file = try ScoreFile(
      path: path, image: first.column, columns: columns.flatMap { $0 }.filter { seen.insert($0).inserted })
  }

  /// The metrics of scores over all records of a list.
  func evaluate(_ list: String, _ settings: EvaluationSettings) throws(Diagnostic) -> Evaluation {
    let names = Set(metrics.compactMap(\.feed))
    let labels = program.task.feeds.filter { names.contains($0.name) }
    let table = try FeedSet([.image(image)] + labels, tokenizer: nil).table(list, training: false, needsFiles: false)
    let memory = try BatchMemory(labels.flatMap { $0.parts(batch: table.count) })
    let loader = try BatchLoader(
      table, try FeedSet(labels, tokenizer: nil), batch: table.count, mode: .evaluation, seed: settings.seed)
    let tasks = loader.prepare(batch: 0, into: memory.buffers)
    for row in 0..<tasks.taskCount { tasks.runTask(row) }
    try tasks.check()
    let context = MetricContext(
      task: program.task, results: Set(metrics.flatMap(\.results)), tokenizer: nil, settings: settings,
      threads: threads)
    var accumulators: [any MetricAccumulator] = []
    for (metric, columns) in zip(metrics, columns) {
      guard var accumulator = metric.accumulator(context) as? any ScoredAccumulator else { continue }
      accumulator.scores.add(
        try file.scores(of: table, image: image.column, columns: columns), labels: memory.buffers)
      accumulators.append(accumulator)
    }
    return try Evaluation(records: table.count, accumulators)
  }
}

extension Metric {
  /// Whether it compares scores with labels, and nothing else.
  var isOfScores: Bool {
    switch kind {
    case .classification, .regression: true
    default: false
    }
  }

  /// Whether it tells how well classes are recognised.
  var isOfClasses: Bool { if case .classification = kind { true } else { false } }
}
