import Metrics
import Support

/// How a measure grows with the share of labels used, for several kinds of initial weights, as SVG text: a dot for each seed,
/// means joined by lines, bars of one sample standard deviation to both sides.
public struct LabelCurveSVG: Sendable {
  /// What one kind of initial weights reached at one share of the labels.
  public struct Point: Sendable, Hashable {
    /// Above 0, up to 1.
    public var fraction: Double
    /// One for each seed; values that are not finite are left out.
    public var values: [Double]

    public init(fraction: Double, values: [Double]) {
      precondition(fraction > 0, "a share of labels is above 0")
      self.fraction = fraction
      self.values = values.filter(\.isFinite)
    }
  }

  /// One kind of initial weights.
  public struct Group: Sendable, Hashable {
    /// What the list calls it.
    public var name: String
    /// By rising fraction.
    public var points: [Point]

    public init(name: String, points: [Point]) {
      self.name = name
      self.points = points.sorted { $0.fraction < $1.fraction }
    }
  }

  /// The heading.
  public var title: String
  /// The name of the measured values, such as `mean AUROC`.
  public var measure: String
  /// In the order of the list, which gives the colours.
  public var groups: [Group]

  public init(title: String, measure: String, groups: [Group]) {
    self.title = title
    self.measure = measure
    self.groups = groups
  }

  /// The picture; the same data give the same text.
  public func render() -> String {
    let (left, top, width, height) = (74.0, 58.0, 520.0, 360.0)
    let legend = left + width + 26
    let names = 7.2 * Double(groups.map(\.name.count).max() ?? 0)
    var svg = SVG(width: legend + 30 + max(110, names) + 20, height: top + height + 58)
    svg.text(title, x: 20, y: 32, size: 17, bold: true)
    let points = groups.flatMap(\.points).filter { !$0.values.isEmpty }
    let fractions = points.map(\.fraction).sorted()
    guard let least = fractions.first, let most = fractions.last else {
      svg.text("no values yet", x: left + width / 2, y: top + height / 2, colour: .quiet, anchor: .middle)
      return svg.finished()
    }
    // Room at both ends for groups that stand side by side.
    let frame = PlotFrame(
      across: Axis(logarithmic: least / 1.25...most * 1.25, pixels: left, left + width),
      up: Axis(range(of: points), pixels: top + height, top, count: 6))
    frame.draw(
      on: &svg, across: ticks(fractions, on: frame.across), up: frame.up.ticks.map { ($0, Axis.text($0)) },
      name: "share of the labels", upName: measure)
    for (index, group) in groups.enumerated() {
      let shift = 9 * (Double(index) - Double(groups.count - 1) / 2)
      draw(group, on: &svg, frame, shift, SeriesStyle(index))
    }
    list(on: &svg, x: legend, y: top + 12)
    return svg.finished()
  }

  private func draw(_ group: Group, on svg: inout SVG, _ frame: PlotFrame, _ shift: Double, _ style: SeriesStyle) {
    let summaries = group.points.compactMap { point in SampleSummary(point.values).map { (point, $0) } }
    let x = { (point: Point) in frame.across.place(point.fraction) + shift }
    let line = summaries.map { (x: x($0), y: frame.up.place($1.mean)) }
    svg.path(line, colour: style.colour, width: 2, dashes: style.dashes)
    for (point, summary) in summaries {
      let at = x(point)
      if let spread = summary.standardDeviation {
        let ends = (frame.up.place(summary.mean - spread), frame.up.place(summary.mean + spread))
        svg.line(x1: at, y1: ends.0, x2: at, y2: ends.1, colour: style.colour, width: 1.6)
        for end in [ends.0, ends.1] {
          svg.line(x1: at - 4, y1: end, x2: at + 4, y2: end, colour: style.colour, width: 1.6)
        }
      }
      if point.values.count > 1 {
        for value in point.values {
          svg.circle(x: at, y: frame.up.place(value), radius: 2, fill: .white, stroke: style.colour)
        }
      }
      svg.circle(x: at, y: frame.up.place(summary.mean), radius: 4, fill: style.colour, stroke: style.colour)
    }
  }

  private func list(on svg: inout SVG, x: Double, y: Double) {
    for (index, group) in groups.enumerated() {
      let style = SeriesStyle(index)
      let at = y + Double(index) * 22
      svg.path([(x, at - 4), (x + 22, at - 4)], colour: style.colour, width: 2.4, dashes: style.dashes)
      svg.circle(x: x + 11, y: at - 4, radius: 4, fill: style.colour, stroke: style.colour)
      svg.text(group.name, x: x + 30, y: at)
    }
    let at = y + Double(groups.count) * 22 + 10
    svg.text("bars: mean ± sd", x: x, y: at, size: 11, colour: .quiet)
    svg.text("rings: single seeds", x: x, y: at + 16, size: 11, colour: .quiet)
  }

  /// The fractions there are, in per cent; numbers that would touch are left out.
  private func ticks(_ fractions: [Double], on axis: Axis) -> [PlotFrame.Tick] {
    var ticks: [PlotFrame.Tick] = []
    for fraction in fractions where ticks.last.map({ axis.place(fraction) - axis.place($0.value) > 36 }) ?? true {
      ticks.append((fraction, "\(Axis.text(fraction * 100)) %"))
    }
    return ticks
  }

  /// All seeds and all bars; around a single value a tenth of it.
  private func range(of points: [Point]) -> ClosedRange<Double> {
    var ends = points.flatMap(\.values)
    for point in points {
      guard let summary = SampleSummary(point.values), let spread = summary.standardDeviation else { continue }
      ends += [summary.mean - spread, summary.mean + spread]
    }
    let (low, high) = (ends.min() ?? 0, ends.max() ?? 1)
    return low < high ? low...high : low - 0.05 * abs(low)...high + 0.05 * abs(high)
  }
}
