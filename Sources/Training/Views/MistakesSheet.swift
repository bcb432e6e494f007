import Pictures

/// A picture of wrong scores: each record's image, below it what the score claims, a bar of how certain it is, what is true,
/// and the image's path.
struct MistakesSheet {
  /// A record whose score is wrong.
  struct Mistake {
    var path: String
    /// The finding or class that the score is of.
    var name: String
    var score: Float
    /// What the label says, in words.
    var truth: String
    /// How far the score is from what it should be; the sheet is sorted by it.
    var error: Float
    var image: PlanarImage
  }

  let title: String
  var mistakes: [Mistake] = []
  /// Records looked at, and how many of them have a wrong score.
  var records = 0
  var wrong = 0

  private static let tile = 288
  private static let gap = 16
  private static let margin = 24
  private static let scale = 2
  private static let line = 13 * scale
  private static let bar = 6
  private static let caption = 8 + line + bar + 8 + line + 13

  /// Four in a row; fewer mistakes make a narrower sheet, but not narrower than two.
  private var columns: Int { min(4, max(2, mistakes.count)) }

  init(title: String) { self.title = title }

  func draw() -> Canvas {
    let width = 2 * Self.margin + columns * Self.tile + (columns - 1) * Self.gap
    let rows = (mistakes.count + columns - 1) / columns
    let head = Self.margin + 2 * Self.line + 10
    let cell = Self.tile + Self.caption + 2 * Self.gap
    var canvas = Canvas(width: width, height: head + rows * cell + Self.margin)
    let letters = Self.letters(width - 2 * Self.margin, scale: Self.scale)
    canvas.text(String(title.prefix(letters)), x: Self.margin, y: Self.margin, .ink, scale: Self.scale)
    canvas.text(
      String(summary.prefix(letters)), x: Self.margin, y: Self.margin + Self.line, .quiet, scale: Self.scale)
    for (index, mistake) in mistakes.enumerated() {
      Self.draw(
        mistake, on: &canvas, x: Self.margin + index % columns * (Self.tile + Self.gap),
        y: head + index / columns * cell + Self.gap)
    }
    return canvas
  }

  private var summary: String {
    if wrong == 0 { return "no mistake in \(records) records" }
    let shown = mistakes.count < wrong ? "; the most certain:" : ", the most certain first:"
    return "\(wrong) of \(records) records have a wrong score" + shown
  }

  private static func draw(_ mistake: Mistake, on canvas: inout Canvas, x: Int, y: Int) {
    canvas.draw(mistake.image.resized(to: tile), x: x, y: y)
    canvas.frame(x: x, y: y, width: tile, height: tile, .rule)
    var top = y + tile + 8
    let score = Double(mistake.score).fixed(3)
    let scoreWidth = BitmapFont.width(of: score, scale: scale)
    canvas.text(
      String(mistake.name.prefix(letters(tile - scoreWidth - gap, scale: scale))), x: x, y: top, .ink, scale: scale)
    canvas.text(score, x: x + tile - scoreWidth, y: top, .wrong, scale: scale)
    top += line
    let filled = Int((Double(tile) * Double(min(1, max(0, mistake.score)))).rounded())
    canvas.fill(x: x, y: top, width: tile, height: bar, .rule)
    canvas.fill(x: x, y: top, width: filled, height: bar, .wrong)
    canvas.fill(x: x + tile / 2, y: top - 2, width: 1, height: bar + 4, .ink)
    top += bar + 8
    canvas.text(String(mistake.truth.prefix(letters(tile, scale: scale))), x: x, y: top, .right, scale: scale)
    canvas.text(String(mistake.path.suffix(letters(tile, scale: 1))), x: x, y: top + line, .quiet)
  }

  private static func letters(_ pixels: Int, scale: Int) -> Int { pixels / (BitmapFont.cellWidth * scale) }
}
