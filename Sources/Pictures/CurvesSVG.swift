import Support

/// One line of a chart over training steps.
public struct CurveSeries: Sendable, Hashable {
  /// How a series is drawn.
  public enum Style: Sendable, Hashable {
    /// A point per step, faint, under a smoothed line.
    case smoothed
    /// Few values, joined and dotted: a held-out measurement.
    case measured
    /// A plain line, as of a learning rate.
    case plain
  }

  public var name: String
  /// Steps, rising, and their values; values that are not finite are left out.
  public var points: [(step: Double, value: Double)]
  public var style: Style

  public init(name: String, points: [(step: Double, value: Double)], style: Style = .smoothed) {
    self.name = name
    self.points = points.filter { $0.value.isFinite && $0.step.isFinite }
    self.style = style
  }

  public static func == (a: CurveSeries, b: CurveSeries) -> Bool {
    a.name == b.name && a.style == b.style && a.points.elementsEqual(b.points) { $0 == $1 }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    for point in points { hasher.combine(point.value) }
  }
}

/// One chart of the picture, with its own value axis.
public struct CurvePanel: Sendable, Hashable {
  public var title: String
  public var series: [CurveSeries]

  public init(title: String, series: [CurveSeries]) {
    self.title = title
    self.series = series
  }
}

/// Training curves as SVG text: one panel beside the other over a shared step axis. The same data give the same text.
public enum CurvesSVG {
  private static let panelWidth = 400.0
  private static let panelHeight = 300.0
  private static let columns = 3
  /// A raw series is thinned to at most this many points.
  private static let mostPoints = 1500

  /// Draws the panels, three in a row.
  public static func render(title: String, panels: [CurvePanel]) -> String {
    let across = min(columns, max(1, panels.count))
    let down = (panels.count + columns - 1) / columns
    var svg = SVG(width: Double(across) * panelWidth + 20, height: Double(max(1, down)) * panelHeight + 50)
    svg.text(title, x: 20, y: 30, size: 16, bold: true)
    for (index, panel) in panels.enumerated() {
      draw(
        panel, on: &svg, x: 10 + Double(index % columns) * panelWidth, y: 45 + Double(index / columns) * panelHeight)
    }
    return svg.finished()
  }

  private static func draw(_ panel: CurvePanel, on svg: inout SVG, x: Double, y: Double) {
    let (left, right, top, bottom) = (x + 58, x + panelWidth - 16, y + 34, y + panelHeight - 44)
    svg.text(panel.title, x: left, y: y + 20, size: 13, bold: true)
    let all = panel.series.flatMap(\.points)
    guard let steps = range(all.map(\.step)), let values = range(all.map(\.value)) else {
      svg.text("no values yet", x: (left + right) / 2, y: (top + bottom) / 2, colour: .quiet, anchor: .middle)
      return
    }
    let across = Axis(steps, pixels: left, right, count: 5, rounded: false)
    let wide = values.lowerBound > 0 && values.upperBound / values.lowerBound > 30
    let up =
      wide ? Axis(logarithmic: values, pixels: bottom, top) : Axis(values, pixels: bottom, top, count: 5)
    for tick in up.ticks {
      let at = up.place(tick)
      svg.line(x1: left, y1: at, x2: right, y2: at, colour: .rule)
      svg.text(Axis.text(tick), x: left - 7, y: at + 4, size: 11, colour: .quiet, anchor: .end)
    }
    for tick in across.ticks {
      let at = across.place(tick)
      svg.line(x1: at, y1: bottom, x2: at, y2: bottom + 4, colour: .quiet)
      svg.text(Axis.text(tick), x: at, y: bottom + 17, size: 11, colour: .quiet, anchor: .middle)
    }
    svg.line(x1: left, y1: bottom, x2: right, y2: bottom, colour: .quiet)
    svg.text("step", x: (left + right) / 2, y: bottom + 34, size: 11, colour: .quiet, anchor: .middle)
    for (index, series) in panel.series.enumerated() {
      draw(series, on: &svg, across, up, Colour.series[index % Colour.series.count])
    }
    legend(panel.series, on: &svg, right: right, y: top + 8)
  }

  private static func draw(_ series: CurveSeries, on svg: inout SVG, _ across: Axis, _ up: Axis, _ colour: Colour) {
    let places = { (points: [(step: Double, value: Double)]) in
      points.map { (x: across.place($0.step), y: up.place($0.value)) }
    }
    switch series.style {
    case .plain: svg.path(places(thinned(series.points)), colour: colour, width: 1.8)
    case .measured:
      svg.path(places(series.points), colour: colour, width: 1.4)
      for point in places(thinned(series.points)) {
        svg.circle(x: point.x, y: point.y, radius: 3, fill: .white, stroke: colour)
      }
    case .smoothed:
      svg.path(places(thinned(series.points)), colour: colour, width: 1, opacity: 0.28)
      svg.path(places(thinned(smoothed(series.points))), colour: colour, width: 2)
    }
  }

  private static func legend(_ series: [CurveSeries], on svg: inout SVG, right: Double, y: Double) {
    guard series.count > 1 else { return }
    let longest = series.map(\.name.count).max() ?? 0
    let left = right - Double(longest) * 6.4 - 26
    for (index, one) in series.enumerated() {
      let at = y + Double(index) * 16
      let colour = Colour.series[index % Colour.series.count]
      svg.line(x1: left, y1: at, x2: left + 18, y2: at, colour: colour, width: 2)
      if one.style == .measured { svg.circle(x: left + 9, y: at, radius: 3, fill: .white, stroke: colour) }
      svg.text(one.name, x: left + 24, y: at + 4, size: 11)
    }
  }

  /// A running mean over a window of a fortieth of the run, centred, narrower at both ends.
  private static func smoothed(_ points: [(step: Double, value: Double)]) -> [(step: Double, value: Double)] {
    var sums = [0.0]
    for point in points { sums.append(sums[sums.count - 1] + point.value) }
    let reach = points.count / 40
    return points.indices.map { index in
      let side = min(reach, index, points.count - 1 - index)
      let mean = (sums[index + side + 1] - sums[index - side]) / Double(2 * side + 1)
      return (points[index].step, mean)
    }
  }

  private static func thinned(_ points: [(step: Double, value: Double)]) -> [(step: Double, value: Double)] {
    guard points.count > mostPoints else { return points }
    return (0..<mostPoints).map { points[$0 * (points.count - 1) / (mostPoints - 1)] }
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }
}
