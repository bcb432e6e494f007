import Pictures
import Support

/// Reconstructions below each other: masked input | reconstruction | truth, and under them the report, in which masked
/// tokens stand marked: in green where they were predicted, in red followed by what was predicted instead.
struct ReconstructionSheet {
  private static let gap = 12
  private static let line = BitmapFont.cellHeight + 4

  private let rows: [Reconstruction]
  /// Pixels of the side of each picture.
  private let side: Int

  init(_ rows: [Reconstruction]) {
    self.rows = rows
    side = max(192, min(320, rows.first?.truth.side ?? 192))
  }

  /// Draws the sheet.
  func canvas() -> Canvas {
    let width = 3 * side + 4 * Self.gap
    let reports = rows.map { layout($0.tokens, width: width - 2 * Self.gap) }
    let heights = reports.map {
      Self.line + side + Self.gap / 2 + ($0.last.map { $0.line + 1 } ?? 0) * Self.line + Self.gap
    }
    var canvas = Canvas(width: width, height: Self.gap + Self.line + heights.reduce(0, +))
    for (column, title) in ["masked input", "reconstruction", "truth"].enumerated() {
      canvas.text(title, x: Self.gap + column * (side + Self.gap), y: Self.gap, .ink)
    }
    var top = Self.gap + Self.line
    for (index, row) in rows.enumerated() {
      canvas.text(row.name, x: Self.gap, y: top, .quiet)
      for (column, image) in [row.masked, row.restored, row.truth].enumerated() {
        canvas.draw(image.resized(to: side), x: Self.gap + column * (side + Self.gap), y: top + Self.line)
      }
      let below = top + Self.line + side + Self.gap / 2
      for word in reports[index] {
        let y = below + word.line * Self.line
        if word.isMarked {
          canvas.fill(
            x: word.x - 1, y: y - 1, width: BitmapFont.width(of: word.text) + 2, height: BitmapFont.cellHeight, .marked)
        }
        canvas.text(word.text, x: word.x, y: y, word.colour)
      }
      top += heights[index]
    }
    return canvas
  }

  private struct Word {
    var text: String
    var x: Int
    var line: Int
    var colour: Colour
    var isMarked: Bool
  }

  /// Breaks the tokens into lines of `width` pixels.
  private func layout(_ tokens: [Reconstruction.Token], width: Int) -> [Word] {
    var words: [Word] = []
    var x = 0
    var line = 0
    func place(_ text: String, _ colour: Colour, marked: Bool) {
      let wide = BitmapFont.width(of: text)
      if x > 0, x + wide > width {
        x = 0
        line += 1
      }
      words.append(Word(text: text, x: Self.gap + x, line: line, colour: colour, isMarked: marked))
      x += wide + BitmapFont.cellWidth
    }
    for token in tokens {
      guard let predicted = token.predicted else {
        place(token.text, .ink, marked: false)
        continue
      }
      place(token.text, predicted == token.text ? .right : .ink, marked: true)
      if predicted != token.text { place("(" + predicted + ")", .wrong, marked: false) }
    }
    return words
  }
}
