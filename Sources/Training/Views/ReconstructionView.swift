import Data
import Pictures

/// Draws masked input, restored picture and truth of the first records, with their reports.
struct ReconstructionView {
  private let view: View.Reconstruction
  private let session: EvaluationSession

  init(_ view: View.Reconstruction, _ session: EvaluationSession) {
    self.view = view
    self.session = session
  }

  /// Writes the picture of the first `count` records. `usage` for a model that restores no pictures.
  func write(title: String, count: Int, to output: String) throws(Diagnostic) {
    let wanted = min(count, session.table.count)
    var rows: [ReconstructionRecord] = []
    try session.evaluator.forEachBatch { batch throws(Diagnostic) in
      for row in 0..<min(batch.rows, wanted - rows.count) { rows.append(try record(batch, row)) }
      return rows.count < wanted
    }
    let tokenizer = session.feeds.tokenizer
    try ReconstructionSheet.write(
      title: title, records: rows, shrink: view.shrink, padding: tokenizer?.padID ?? 0, to: output
    ) { tokenizer?.decode([$0]).first ?? "" }
  }

  /// Row `row` of a batch that has been evaluated.
  private func record(_ batch: EvaluatedBatch, _ row: Int) throws(Diagnostic) -> ReconstructionRecord {
    guard let target = view.target.flatMap(batch.values), let prediction = view.prediction.flatMap(batch.values),
      let mask = batch.values(view.mask), case .image(let feed) = session.program.task.feed(view.image)?.source
    else {
      throw Diagnostic(
        .usage, "this program was built without the image objective, so there is no reconstruction to show",
        notes: ["build it with --set image_objective=true"])
    }
    let patches = PatchGrid(
      count: mask.count / batch.rows, channels: feed.channels, elements: target.count / batch.rows)
    // A model without the report objective restores no report.
    var tokens = (ids: [Int32](), labels: [Int32](), predicted: [Int32]())
    if let report = view.report, let predicted = view.tokens.flatMap(batch.integers) {
      let length = predicted.count / batch.rows
      let ids = batch.feed(report, TokenFeed.ids, as: Int32.self)
      let labels = batch.feed(report, TokenFeed.labels, as: Int32.self)
      for place in row * length..<(row + 1) * length {
        tokens.ids.append(ids[place])
        tokens.labels.append(labels[place])
        tokens.predicted.append(predicted[place])
      }
    }
    return ReconstructionRecord(
      title: session.table.field(batch.tasks.records[row], feed.column), image: patches.image(target, row: row),
      side: patches.grid * patches.side, patch: patches.side,
      mask: Array(mask[row * patches.count..<(row + 1) * patches.count]),
      prediction: patches.colours(prediction, row: row), ids: tokens.ids, labels: tokens.labels,
      predicted: tokens.predicted)
  }
}
