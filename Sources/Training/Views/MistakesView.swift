import Data
import Pictures

/// Draws the records whose scores are most certain and wrong, the worst first, four in a row.
struct MistakesView {
  private static let tile = 224
  private static let gap = 16
  private static let caption = 26
  private static let columns = 4

  private struct Mistake {
    var title: String
    var text: String
    /// How far the score is from the truth.
    var error: Float
    var image: PlanarImage
  }

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
    var worst: [Mistake] = []
    var records = 0
    try session.evaluator.forEachBatch { batch throws(Diagnostic) in
      records += batch.rows
      worst += mistakes(batch, image, labels)
      worst = Array(
        worst.enumerated().sorted { ($1.element.error, $0.offset) < ($0.element.error, $1.offset) }
          .prefix(count).map(\.element))
      return true
    }
    try draw(worst, title: "\(title): \(worst.count) most certain mistakes of \(records) records")
      .writePNG(to: output)
  }

  /// Of each row the label that its score is farthest from, if it is on the wrong side of ½.
  private func mistakes(_ batch: EvaluatedBatch, _ image: ImageFeed, _ labels: LabelFeed) -> [Mistake] {
    var collected = LabelledScores(view.scores, feed: view.labels, session.program.task)
    collected.add(batch)
    let pixels = batch.feed(view.image, ImageFeed.pixels, as: Float.self)
    let area = image.side * image.side
    return (0..<collected.count).compactMap { row in
      let places = labels.columns.indices.map { row * labels.columns.count + $0 }.filter { collected.labels[$0] >= 0 }
      let error = { (place: Int) in abs(collected.scores[place] - collected.labels[place]) }
      guard let place = places.max(by: { error($0) < error($1) }), error(place) > 0.5 else { return nil }
      let planes = (0..<3 * area).map { index in
        pixels[(row * image.channels + min(index / area, image.channels - 1)) * area + index % area]
          * Float(image.normalization.std) + Float(image.normalization.mean)
      }
      let column = labels.columns[place - row * labels.columns.count]
      return Mistake(
        title: session.table.field(batch.tasks.records[row], image.column),
        text: "\(column): \(Double(collected.scores[place]).fixed(3)), is \(collected.labels[place] == 1 ? "1" : "0")",
        error: error(place), image: PlanarImage(side: image.side, values: planes))
    }
  }

  private func draw(_ mistakes: [Mistake], title: String) -> Canvas {
    let cell = (width: Self.tile + Self.gap, height: Self.tile + 2 * Self.caption + Self.gap)
    let rows = max(1, (mistakes.count + Self.columns - 1) / Self.columns)
    let letters = { (pixels: Int, scale: Int) in pixels / (BitmapFont.cellWidth * scale) }
    var canvas = Canvas(
      width: Self.gap + Self.columns * cell.width, height: 2 * Self.gap + Self.caption + rows * cell.height)
    canvas.text(
      String(title.prefix(letters(canvas.width - 2 * Self.gap, 2))), x: Self.gap, y: Self.gap, .ink, scale: 2)
    for (index, mistake) in mistakes.enumerated() {
      let x = Self.gap + index % Self.columns * cell.width
      let y = Self.gap + Self.caption + Self.gap + index / Self.columns * cell.height
      canvas.draw(mistake.image.resized(to: Self.tile), x: x, y: y)
      canvas.text(
        String(mistake.text.prefix(letters(Self.tile, 1))), x: x, y: y + Self.tile + 4, .wrong)
      canvas.text(String(mistake.title.suffix(letters(Self.tile, 1))), x: x, y: y + Self.tile + 4 + 14, .quiet)
    }
    return canvas
  }
}
