/// A run of text in one colour, on an optional ground, that stays on one line.
struct TextRun {
  var text: String
  var colour: Colour
  var ground: Colour?
  /// Struck out, as a wrong answer is.
  var struck = false
}

/// Words set one after the other and wrapped to a width. A word is a list of runs that stay together.
struct TokenFlow {
  var words: [[TextRun]]
  var scale: Int

  /// Pixels from one line to the next.
  var lineHeight: Int { (BitmapFont.cellHeight + 2) * scale }

  /// The words of each line, with the x of each run.
  private func lines(width: Int) -> [[(x: Int, run: TextRun)]] {
    var lines: [[(x: Int, run: TextRun)]] = [[]]
    var x = 0
    for word in words {
      let wide = word.reduce(0) { $0 + advance($1) }
      if x > 0, x + wide > width {
        lines.append([])
        x = 0
      }
      for run in word {
        lines[lines.count - 1].append((x, run))
        x += advance(run)
      }
      x += BitmapFont.cellWidth * scale
    }
    return lines
  }

  private func advance(_ run: TextRun) -> Int {
    run.text.unicodeScalars.count * BitmapFont.cellWidth * scale
  }

  /// Pixels the flow needs below its top.
  func height(width: Int) -> Int { lines(width: width).count * lineHeight }

  func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    for (index, line) in lines(width: width).enumerated() {
      let top = y + index * lineHeight
      for (offset, run) in line {
        let left = x + offset
        let wide = BitmapFont.width(of: run.text, scale: scale)
        if let ground = run.ground {
          canvas.fill(
            x: left - scale, y: top - scale, width: wide + 2 * scale,
            height: (BitmapFont.glyphHeight + 1) * scale, ground)
        }
        canvas.text(run.text, x: left, y: top, run.colour, scale: scale)
        if run.struck { canvas.fill(x: left, y: top + 4 * scale, width: wide, height: scale, run.colour) }
      }
    }
  }
}
