import Records
import Support

/// Losses and masked-token accuracy on held-out records.
public struct Evaluation: Sendable, Hashable {
  public var records = 0
  /// Mean squared error over the removed patches, averaged over records; nil without an image objective.
  public var lossImage: Double?
  /// Mean cross-entropy over the counted positions; nil without a report objective.
  public var lossReport: Double?
  /// `lossReport + λ · lossImage`.
  public var loss = 0.0
  public var maskedTokens = 0
  public var maskedCorrect = 0
  /// The label that is masked most often, how often it is, and its text.
  public var commonToken = ""
  public var commonCount = 0

  /// The share of masked tokens predicted right; nil when none is masked.
  public var maskedAccuracy: Double? { maskedTokens == 0 ? nil : Double(maskedCorrect) / Double(maskedTokens) }
  /// The accuracy of always predicting the most frequent masked token.
  public var baselineAccuracy: Double? { maskedTokens == 0 ? nil : Double(commonCount) / Double(maskedTokens) }

  public var json: JSON {
    func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return [
      "records": .integer(records), "loss": .number(loss), "loss_image": optional(lossImage),
      "loss_report": optional(lossReport), "masked_accuracy": optional(maskedAccuracy),
      "baseline_accuracy": optional(baselineAccuracy), "masked_tokens": .integer(maskedTokens),
      "masked_correct": .integer(maskedCorrect), "baseline_token": .string(commonToken),
    ]
  }

  /// Plain lines.
  public var text: String {
    var lines = ["records            \(records)", "loss               \(loss.fixed(5))"]
    if let lossImage { lines.append("loss, image        \(lossImage.fixed(5))") }
    if let lossReport { lines.append("loss, report       \(lossReport.fixed(5))") }
    if let maskedAccuracy, let baselineAccuracy {
      lines.append("masked tokens      \(maskedCorrect) of \(maskedTokens) right, \((100 * maskedAccuracy).fixed(2)) %")
      lines.append("always \"\(commonToken)\"".padded(19) + "\((100 * baselineAccuracy).fixed(2)) %")
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}

/// What `eval` and `reconstruct` share: memory, weights, data and the function `evaluate`.
final class EvaluationSession {
  let manifest: Manifest
  let pool: ThreadPool
  let memory: ProgramMemory
  let loader: BatchLoader
  let list: TrainingList
  let tokenizer: Tokenizer
  let functions: [BoundFunction]
  let geometry: BatchGeometry

  init(
    _ image: ProgramImage, data: String, tokenizer: String, weights: String, seed: UInt64, threads: Int, batches: Int,
    shufflesImages: Bool = false
  ) throws(Diagnostic) {
    manifest = image.manifest
    geometry = manifest.batchGeometry
    pool = try ThreadPool(threads: threads)
    memory = try ProgramMemory(image, functions: ["evaluate"], batches: batches, threads: threads)
    var bound: [BoundFunction] = []
    for batch in 0..<batches { bound.append(try memory.bind("evaluate", image, pool: pool, batch: batch)) }
    functions = bound
    let reader = try Weights.reader(weights)
    _ = try Weights.load(reader, manifest, into: memory.state, .all, seed: seed, threads: threads)
    if let note = Weights.ignoredNote(reader, manifest) { StandardStream.error.line("note: " + note) }
    self.tokenizer = try Tokenizer(path: tokenizer)
    list = try TrainingList(path: data)
    if shufflesImages, list.count < 2 {
      throw Diagnostic(
        .usage, at: SourceLocation(file: list.file), "--shuffle-images needs two records or more, this list has one")
    }
    loader = try BatchLoader(
      list: list, tokenizer: self.tokenizer, geometry: geometry, mode: .evaluation, seed: seed,
      imageShift: shufflesImages ? 1 : 0)
  }

  /// Reads a batch on all threads.
  func load(_ batch: Int, side: Int = 0) throws(Diagnostic) -> BatchTasks {
    let tasks = loader.prepare(batch: batch, into: memory.batches[side].buffers)
    pool.forEach(tasks.taskCount) { tasks.runTask($0) }
    try tasks.check()
    return tasks
  }

  func output<Element>(_ name: String, as type: Element.Type) -> UnsafeMutableBufferPointer<Element>? {
    memory.outputs["evaluate/" + name].map { $0.bindMemory(to: type) }
  }

  /// Evaluates all records.
  func evaluate() throws(Diagnostic) -> Evaluation {
    var sums = EvaluationSums(vocabulary: geometry.vocabulary)
    var side = 0
    var current = try load(0)
    while true {
      let next =
        current.batch + 1 < loader.batchesPerEpoch
        ? loader.prepare(batch: current.batch + 1, into: memory.batches[1 - side].buffers) : nil
      memory.set("seed", current.dropoutSeed)
      if case .notFinite(let name, _) = functions[side].run(tasks: next) {
        throw Diagnostic(.nonFiniteLoss, "\(name) is not finite", notes: current.recordNames)
      }
      try checkLosses(current)
      sums.add(self, memory.batches[side], rows: current.realCount)
      guard let next else { break }
      try next.check()
      current = next
      side = 1 - side
    }
    return sums.result(tokenizer, lambda: Double(manifest.option("lambda") ?? "1") ?? 1)
  }

  /// The records of a batch whose losses are not finite end the evaluation: `nonFiniteLoss`. Call when it has run.
  func checkLosses(_ tasks: BatchTasks) throws(Diagnostic) {
    let kinds = [
      ("image_error", "image loss", tasks.imageNames), ("report_error_sum", "report loss", tasks.recordNames),
    ]
    for (name, text, records) in kinds {
      guard let values = output(name, as: Float.self) else { continue }
      let rows = (0..<tasks.realCount).filter { !values[$0].isFinite }
      if rows.isEmpty { continue }
      throw Diagnostic(
        .nonFiniteLoss, "the \(text) is not finite",
        notes: rows.map { "record \(records[$0])" } + ["look at these records, and at the weights"])
    }
  }
}

/// Sums over the records seen so far.
private struct EvaluationSums {
  private var evaluation = Evaluation()
  private var image = 0.0
  private var hasImage = false
  private var report = 0.0
  private var reportCount = 0.0
  private var hasReport = false
  /// How often each token is masked.
  private var labels: [Int]

  init(vocabulary: Int) { labels = Array(repeating: 0, count: vocabulary) }

  mutating func add(_ session: EvaluationSession, _ batch: BatchMemory, rows: Int) {
    evaluation.records += rows
    func sum(_ name: String) -> Double? {
      session.output(name, as: Float.self).map { $0[..<rows].reduce(0) { $0 + Double($1) } }
    }
    if let error = sum("image_error") {
      hasImage = true
      image += error
    }
    if let error = sum("report_error_sum"), let count = sum("report_count") {
      hasReport = true
      report += error
      reportCount += count
    }
    evaluation.maskedCorrect += Int(sum("masked_correct") ?? 0)
    evaluation.maskedTokens += Int(sum("masked_count") ?? 0)
    for position in 0..<rows * session.geometry.reportLength {
      let label = batch.buffers.labels[position]
      if batch.buffers.ids[position] != label { labels[Int(label)] += 1 }
    }
  }

  func result(_ tokenizer: Tokenizer, lambda: Double) -> Evaluation {
    var result = evaluation
    if hasImage { result.lossImage = image / Double(max(1, result.records)) }
    if hasReport { result.lossReport = reportCount == 0 ? 0 : report / reportCount }
    result.loss = (result.lossReport ?? 0) + lambda * (result.lossImage ?? 0)
    result.commonCount = labels.max() ?? 0
    if result.commonCount > 0, let token = labels.firstIndex(of: result.commonCount) {
      result.commonToken = tokenizer.decode([Int32(token)]).first ?? ""
    }
    return result
  }
}
