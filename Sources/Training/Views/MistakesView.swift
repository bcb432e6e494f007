import Data
import Pictures

/// Draws the records whose scores are most certain and wrong, the worst first.
struct MistakesView {
  private let view: View.Mistakes
  private let session: EvaluationSession

  init(_ view: View.Mistakes, _ session: EvaluationSession) {
    self.view = view
    self.session = session
  }

  /// Writes the picture of `count` mistakes, or of all where there are fewer.
  func write(title: String, count: Int, to output: String) throws(Diagnostic) {
    guard case .image(let image) = session.program.task.feed(view.image)?.source,
      case .labels(let labels) = session.program.task.feed(view.labels)?.source
    else { throw Diagnostic(.failure, "the task's picture names feeds that it has not") }
    var sheet = MistakesSheet(title: title)
    try session.evaluator.forEachBatch { batch throws(Diagnostic) in
      sheet.records += batch.rows
      let found = mistakes(batch, image, labels)
      sheet.wrong += found.count
      sheet.mistakes = Array(
        (sheet.mistakes + found).enumerated().sorted { ($1.element.error, $0.offset) < ($0.element.error, $1.offset) }
          .prefix(count).map(\.element))
      return true
    }
    try sheet.draw().writePNG(to: output)
  }

  /// The rows of a batch whose scores are wrong.
  private func mistakes(_ batch: EvaluatedBatch, _ image: ImageFeed, _ labels: LabelFeed) -> [MistakesSheet.Mistake] {
    var collected = LabelledScores(view.scores, feed: view.labels, session.program.task)
    collected.add(batch)
    let pixels = batch.feed(view.image, ImageFeed.pixels, as: Float.self)
    let area = image.side * image.side
    return (0..<collected.count).compactMap { row in
      guard let claim = collected.isClassIndex ? choice(collected, row) : finding(collected, row) else { return nil }
      let planes = (0..<3 * area).map { index in
        pixels[(row * image.channels + min(index / area, image.channels - 1)) * area + index % area]
          * Float(image.normalization.std) + Float(image.normalization.mean)
      }
      return MistakesSheet.Mistake(
        path: session.table.field(batch.tasks.records[row], image.column), name: claim.name, score: claim.score,
        truth: claim.truth, error: claim.error, image: PlanarImage(side: image.side, values: planes))
    }
  }

  private typealias Claim = (name: String, score: Float, truth: String, error: Float)

  /// The finding whose score is farthest from its label, if it is on the wrong side of ½.
  private func finding(_ scores: LabelledScores, _ row: Int) -> Claim? {
    let places = scores.columns.indices.map { row * scores.columns.count + $0 }.filter { scores.labels[$0] >= 0 }
    let error = { (place: Int) in abs(scores.scores[place] - scores.labels[place]) }
    guard let place = places.max(by: { error($0) < error($1) }), error(place) > 0.5 else { return nil }
    return (
      scores.columns[place - row * scores.columns.count], scores.scores[place],
      scores.labels[place] == 1 ? "is present" : "is absent", error(place)
    )
  }

  /// The class of the greatest score, if it is another than the record's.
  private func choice(_ scores: LabelledScores, _ row: Int) -> Claim? {
    guard let (chosen, truth) = scores.choice(row), chosen != truth else { return nil }
    let own = { (column: Int) in scores.scores[row * scores.columns.count + column] }
    return (
      scores.columns[chosen], own(chosen), "is \(scores.columns[truth]) (\(Double(own(truth)).fixed(3)))", own(chosen)
    )
  }
}
