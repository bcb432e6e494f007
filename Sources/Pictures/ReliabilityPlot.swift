import Metrics
import Support

/// A reliability diagram: the share of positives among records of a score, over the score, with a histogram of the scores under
/// it. On the diagonal scores are probabilities.
struct ReliabilityPlot {
  let x: Double
  let y: Double
  let width: Double
  let height: Double
  /// A class's bins of fewer records are too few to draw.
  private let fewest = 10

  /// Draws all classes together as a line of dots, and each class with both labels faintly in its colour.
  func draw(_ report: ClassificationReport, on svg: inout SVG) {
    svg.text("Reliability", x: x, y: y - 14, size: 13, bold: true)
    guard let whole = report.calibration else {
      svg.text(
        "the scores are no probabilities", x: x + width / 2, y: y + height / 2, colour: .quiet, anchor: .middle)
      return
    }
    let strip = height * 0.22
    let frame = PlotFrame(
      across: Axis(0...1, pixels: x, x + width, count: 5),
      up: Axis(0...1, pixels: y + height - strip - 14, y, count: 5))
    frame.draw(
      on: &svg, across: PlotFrame.fifths.map { ($0.value, "") }, up: PlotFrame.fifths, name: "",
      upName: "share positive")
    svg.path([frame.place(0, 0), frame.place(1, 1)], colour: .quiet, width: 1, dashes: "4 3")
    if report.rows.count > 1 {
      for (index, row) in report.rows.enumerated() where !row.ranked.hasOneLabelOnly {
        let style = SeriesStyle(index)
        let bins = row.calibration?.bins.filter { $0.count >= fewest } ?? []
        svg.path(places(bins, in: frame), colour: style.colour, width: 1.2, opacity: 0.45, dashes: style.dashes)
      }
    }
    let line = places(whole.bins, in: frame)
    svg.path(line, colour: .ink, width: 2.2)
    for point in line { svg.circle(x: point.x, y: point.y, radius: 3.5, fill: .white, stroke: .ink) }
    let text = "Brier score \(whole.brier.fixed(4)), calibration error \(whole.expectedError.fixed(4))"
    svg.text(text, x: x + width, y: y - 14, size: 11, colour: .quiet, anchor: .end)
    histogram(whole, on: &svg, frame.across, top: y + height - strip)
  }

  private func places(_ bins: [Calibration.Bin], in frame: PlotFrame) -> [(x: Double, y: Double)] {
    bins.compactMap { bin in
      guard let score = bin.meanScore, let share = bin.sharePositive else { return nil }
      return frame.place(score, share)
    }
  }

  private func histogram(_ whole: Calibration, on svg: inout SVG, _ across: Axis, top: Double) {
    let total = Double(whole.bins.reduce(0) { $0 + $1.count })
    let most = Double(whole.bins.map(\.count).max() ?? 0) / total
    let frame = PlotFrame(across: across, up: Axis(0...most, pixels: y + height, top, count: 2))
    let ticks = frame.up.ticks.map { ($0, "\(Axis.text($0 * 100)) %") }
    frame.draw(on: &svg, across: PlotFrame.fifths, up: ticks, name: "score", upName: "scores")
    for bin in whole.bins where bin.count > 0 {
      let (left, right) = (across.place(bin.low), across.place(bin.high))
      let y = frame.up.place(Double(bin.count) / total)
      svg.rect(
        x: left + 1, y: y, width: right - left - 2, height: frame.up.from - y, fill: Colour(150, 165, 184),
        tip: "\(bin.count) scores of \(bin.low.fixed(1)) to \(bin.high.fixed(1))")
    }
  }
}
