import Support

/// A chart of grouped horizontal bars, for benchmark results.
public struct BarChartSVG: Sendable {
  /// One bar of a group.
  public struct Bar: Sendable, Hashable {
    /// Which of the chart's series it belongs to; gives its colour.
    public var series: Int
    public var value: Double
    /// What stands after the bar: `1.82 ms`, `x2.4`. Nil: the value.
    public var note: String?

    public init(series: Int, value: Double, note: String? = nil) {
      self.series = series
      self.value = value
      self.note = note
    }
  }

  /// Bars that belong together, under one label.
  public struct Group: Sendable, Hashable {
    public var label: String
    public var bars: [Bar]

    public init(label: String, bars: [Bar]) {
      self.label = label
      self.bars = bars
    }
  }

  public var title: String
  /// What the value axis counts, with its unit.
  public var unit: String
  /// The names of the series, for the legend.
  public var series: [String]
  public var groups: [Group]

  public init(title: String, unit: String, series: [String], groups: [Group]) {
    self.title = title
    self.unit = unit
    self.series = series
    self.groups = groups
  }

  /// The chart as SVG text; the same data give the same text. Bars start at 0; values below 0 have no bar.
  public func render() -> String {
    let (thick, between) = (16.0, 14.0)
    let label = 20 + 7 * Double(groups.map(\.label.count).max() ?? 0)
    let (left, right, top) = (20 + label, 20 + label + 460, 78.0)
    let tall = groups.reduce(0) { $0 + Double($1.bars.count) * thick + between }
    var svg = SVG(width: right + 150, height: top + tall + 48)
    svg.text(title, x: 20, y: 30, size: 16, bold: true)
    legend(on: &svg)
    let most = groups.flatMap(\.bars).map(\.value).filter(\.isFinite).max() ?? 1
    let axis = Axis(0...max(most, 1e-300), pixels: left, right, count: 5)
    for tick in axis.ticks {
      let at = axis.place(tick)
      svg.line(x1: at, y1: top - 6, x2: at, y2: top + tall, colour: .rule)
      svg.text(Axis.text(tick), x: at, y: top + tall + 16, size: 11, colour: .quiet, anchor: .middle)
    }
    svg.text(unit, x: (left + right) / 2, y: top + tall + 36, size: 11, colour: .quiet, anchor: .middle)
    var y = top
    for group in groups {
      let height = Double(group.bars.count) * thick
      svg.text(group.label, x: left - 10, y: y + height / 2 + 4, anchor: .end)
      for bar in group.bars {
        let value = bar.value.isFinite ? max(0, bar.value) : 0
        let end = axis.place(value)
        let note = bar.note ?? bar.value.significant(3)
        svg.rect(x: left, y: y + 1, width: end - left, height: thick - 2, fill: colour(bar.series), tip: note)
        svg.text(note, x: end + 6, y: y + thick - 4, size: 11)
        y += thick
      }
      y += between
    }
    svg.line(x1: left, y1: top - 6, x2: left, y2: top + tall, colour: .quiet)
    return svg.finished()
  }

  private func colour(_ series: Int) -> Colour { Colour.series[series % Colour.series.count] }

  private func legend(on svg: inout SVG) {
    var x = 20.0
    for (index, name) in series.enumerated() {
      svg.rect(x: x, y: 44, width: 12, height: 12, fill: colour(index))
      svg.text(name, x: x + 18, y: 54)
      x += 34 + 7 * Double(name.count)
    }
  }
}
