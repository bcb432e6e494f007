import Metrics
import Support

/// How well classes are recognised, as SVG text: their ROC curves, a list of their AUROC, and a reliability diagram over a
/// histogram of the scores. The same report gives the same text.
public enum ROCSVG {
  private static let side = 400.0
  private static let (left, top) = (70.0, 84.0)
  private static let lineHeight = 24.0

  /// Draws the classes of a report in its order; a class of which one label only is known is listed without a curve.
  public static func render(title: String, report: ClassificationReport) -> String {
    let legend = left + side + 28
    let nameWidth = 7 * Double(report.rows.map(\.name.count).max() ?? 0)
    let reliability = legend + 30 + max(60, nameWidth) + 60 + 108 + 86
    let height = max(side, lineHeight * Double(report.rows.count + 1) + 12)
    var svg = SVG(width: reliability + side + 24, height: top + height + 56)
    svg.text(title, x: 20, y: 32, size: 17, bold: true)
    curves(report, on: &svg)
    list(report, on: &svg, x: legend, right: reliability - 86)
    ReliabilityPlot(x: reliability, y: top, width: side, height: side).draw(report, on: &svg)
    return svg.finished()
  }

  private static func curves(_ report: ClassificationReport, on svg: inout SVG) {
    let frame = PlotFrame(
      across: Axis(0...1, pixels: left, left + side, count: 5), up: Axis(0...1, pixels: top + side, top, count: 5))
    svg.text("ROC curves", x: left, y: top - 14, size: 13, bold: true)
    frame.draw(
      on: &svg, across: PlotFrame.fifths, up: PlotFrame.fifths, name: "false positive rate",
      upName: "true positive rate")
    svg.path([frame.place(0, 0), frame.place(1, 1)], colour: .quiet, width: 1, dashes: "4 3")
    for (index, row) in report.rows.enumerated() {
      guard let points = row.ranked.rocCurve else { continue }
      let style = SeriesStyle(index)
      let places = points.map { frame.place($0.falsePositiveRate, $0.truePositiveRate) }
      svg.path(thinned(places), colour: style.colour, width: 1.8, dashes: style.dashes)
    }
  }

  private static func list(_ report: ClassificationReport, on svg: inout SVG, x: Double, right: Double) {
    let (value, interval) = (right - 108, right)
    svg.text("AUROC", x: value, y: top - 14, size: 13, anchor: .end, bold: true)
    if report.replicates > 0 {
      svg.text("95 % interval", x: interval, y: top - 14, size: 11, colour: .quiet, anchor: .end)
    }
    var y = top + 12
    for (index, row) in report.rows.enumerated() {
      let style = SeriesStyle(index)
      let isKnown = !row.ranked.hasOneLabelOnly
      if isKnown {
        svg.path([(x, y - 4), (x + 22, y - 4)], colour: style.colour, width: 2.4, dashes: style.dashes)
      }
      svg.text(row.name, x: x + 30, y: y, colour: isKnown ? .ink : .quiet)
      if isKnown {
        write(row[.auroc], on: &svg, value, interval, y, bold: false)
      } else {
        svg.text("one label only", x: interval, y: y, size: 11, colour: .quiet, anchor: .end)
      }
      y += lineHeight
    }
    if report.rows.count == 1 { return }
    svg.line(x1: x, y1: y - 15, x2: right, y2: y - 15, colour: .rule)
    svg.text("mean", x: x + 30, y: y + 3, bold: true)
    write(report[mean: .auroc], on: &svg, value, interval, y + 3, bold: true)
  }

  private static func write(
    _ estimate: Estimate, on svg: inout SVG, _ value: Double, _ interval: Double, _ y: Double, bold: Bool
  ) {
    svg.text(estimate.value?.fixed(3) ?? "-", x: value, y: y, anchor: .end, bold: bold)
    if let range = estimate.interval {
      let text = "\(range.low.fixed(3)) – \(range.high.fixed(3))"
      svg.text(text, x: interval, y: y, size: 11, colour: .quiet, anchor: .end)
    }
  }

  /// Leaves out points nearer than a pixel to the one before, and those on a straight way between their neighbours.
  private static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    var kept: [(x: Double, y: Double)] = []
    for (index, point) in points.enumerated() {
      let isLast = index == points.count - 1
      if let last = kept.last, !isLast, abs(point.x - last.x) + abs(point.y - last.y) < 1 { continue }
      if kept.count > 1 {
        let (a, b) = (kept[kept.count - 2], kept[kept.count - 1])
        if (a.x == b.x && b.x == point.x) || (a.y == b.y && b.y == point.y) { kept.removeLast() }
      }
      kept.append(point)
    }
    return kept
  }
}
