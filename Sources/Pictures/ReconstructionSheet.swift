import Support

/// A picture of n records: masked input, reconstruction and truth side by side, and beneath them the report with the
/// masked words marked and the restored ones in green (right) or red (wrong, with the truth beside).
public enum ReconstructionSheet {
  private static let tile = 288
  private static let gap = 16
  private static let margin = 24
  private static let scale = 2
  private static let label = 11 * BitmapFont.cellWidth * scale

  /// Pixels across every sheet.
  public static let width = 2 * margin + 3 * tile + 2 * gap

  /// Draws the sheet.
  ///
  /// - Parameters:
  ///   - title: a line on top: the model and the step, say.
  ///   - shrink: how many times lower the encoder's resolution is than the images' (2 with super-resolution, else 1).
  ///   - padding: the id that ends a report.
  ///   - decode: the piece of a token id.
  public static func draw(
    title: String, records: [ReconstructionRecord], shrink: Int = 2, padding: Int32 = 0, decode: (Int32) -> String
  ) -> Canvas {
    let flows = records.map { ReportFlows($0, padding: padding, scale: scale, decode: decode) }
    let textWidth = width - 2 * margin - label
    let heights = zip(records, flows).map { imageHeight + ($0.labels.isEmpty ? 0 : reportHeight($1, textWidth)) }
    let head = margin + 2 * 13 * scale + 8
    var canvas = Canvas(width: width, height: head + heights.reduce(0, +) + margin)
    canvas.text(clipped(title), x: margin, y: margin, .ink, scale: scale)
    let hasReports = records.isEmpty || records.contains { !$0.labels.isEmpty }
    if hasReports { legend(on: &canvas, y: margin + 14 * scale) }
    var y = head + 10
    for (index, record) in records.enumerated() {
      row(record, flows[index], shrink: shrink, on: &canvas, y: y, textWidth: textWidth)
      y += heights[index]
    }
    return canvas
  }

  /// Draws the sheet and writes it as a PNG file, whole or not at all.
  public static func write(
    title: String, records: [ReconstructionRecord], shrink: Int = 2, padding: Int32 = 0, to path: String,
    decode: (Int32) -> String
  ) throws(Diagnostic) {
    try draw(title: title, records: records, shrink: shrink, padding: padding, decode: decode).writePNG(to: path)
  }

  private static var imageHeight: Int { caption + caption + tile + gap }

  private static func reportHeight(_ flows: ReportFlows, _ textWidth: Int) -> Int {
    flows.truth.height(width: textWidth) + 8 + max(2 * caption, flows.restored.height(width: textWidth)) + 2 * gap
  }

  private static var caption: Int { 13 * scale }

  private static func row(
    _ record: ReconstructionRecord, _ flows: ReportFlows, shrink: Int, on canvas: inout Canvas, y: Int, textWidth: Int
  ) {
    canvas.fill(x: margin, y: y - 8, width: width - 2 * margin, height: 1, .rule)
    let removed = record.mask.reduce(0) { $0 + ($1 != 0 ? 1 : 0) }
    let score = "\(removed)/\(record.mask.count) patches masked"
    canvas.text(String(record.title.suffix(44)), x: margin, y: y, .ink, scale: scale)
    canvas.text(
      score, x: width - margin - BitmapFont.width(of: score, scale: scale), y: y, .quiet, scale: scale)
    let titles = ["masked input", "reconstruction", "truth"]
    let images = [record.input(shrink: shrink), record.reconstruction, record.truth]
    for (column, image) in images.enumerated() {
      let x = margin + column * (tile + gap)
      let wide = BitmapFont.width(of: titles[column], scale: scale)
      canvas.text(titles[column], x: x + (tile - wide) / 2, y: y + caption, .quiet, scale: scale)
      canvas.draw(image.resized(to: tile), x: x, y: y + 2 * caption)
    }
    hideRemoved(record, on: &canvas, x: margin, y: y + 2 * caption)
    if record.labels.isEmpty { return }
    var top = y + 2 * caption + tile + gap
    canvas.text("report", x: margin, y: top, .quiet, scale: scale)
    flows.truth.draw(on: &canvas, x: margin + label, y: top, width: textWidth)
    top += flows.truth.height(width: textWidth) + 8
    canvas.text("restored", x: margin, y: top, .quiet, scale: scale)
    canvas.text("\(flows.right)/\(flows.masked) ok", x: margin, y: top + caption, .quiet, scale: scale)
    flows.restored.draw(on: &canvas, x: margin + label, y: top, width: textWidth)
  }

  /// Covers the removed patches, each with a frame of its own so that they can be counted.
  private static func hideRemoved(_ record: ReconstructionRecord, on canvas: inout Canvas, x: Int, y: Int) {
    let patches = record.side / record.patch
    for index in record.mask.indices where record.mask[index] != 0 {
      let left = index % patches * tile / patches
      let top = index / patches * tile / patches
      let right = (index % patches + 1) * tile / patches
      let bottom = (index / patches + 1) * tile / patches
      canvas.fill(x: x + left, y: y + top, width: right - left, height: bottom - top, Colour(232, 235, 240))
      canvas.frame(x: x + left, y: y + top, width: right - left, height: bottom - top, Colour(210, 215, 223))
    }
    canvas.frame(x: x, y: y, width: tile, height: tile, Colour(210, 215, 223))
  }

  private static func legend(on canvas: inout Canvas, y: Int) {
    let flow = TokenFlow(
      words: [
        [TextRun(text: "masked", colour: .ink, ground: .marked)],
        [TextRun(text: "restored rightly", colour: .right, ground: Colour(220, 244, 228))],
        [
          TextRun(text: "wrongly", colour: .wrong, ground: Colour(252, 226, 227), struck: true),
          TextRun(text: ">truth", colour: .ink),
        ],
      ], scale: scale)
    flow.draw(on: &canvas, x: margin, y: y, width: width - 2 * margin)
  }

  private static func clipped(_ text: String) -> String {
    String(text.prefix((width - 2 * margin) / (BitmapFont.cellWidth * scale)))
  }
}
