/// The rectangle of a chart: rules, ticks and the names of its axes.
struct PlotFrame {
  /// A tick and what stands at it.
  typealias Tick = (value: Double, text: String)

  let across: Axis
  let up: Axis

  /// Ticks of 0, 0.2 … 1 with their numbers.
  static let fifths: [Tick] = (0...5).map { (Double($0) / 5, Axis.text(Double($0) / 5)) }

  /// The pixel of a point.
  func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (across.place(x), up.place(y)) }

  /// Draws everything that lies under the data. Ticks without text are rules alone; without a name nothing stands there.
  func draw(on svg: inout SVG, across ticksAcross: [Tick], up ticksUp: [Tick], name: String, upName: String) {
    for tick in ticksUp {
      let y = up.place(tick.value)
      svg.line(x1: across.from, y1: y, x2: across.to, y2: y, colour: .rule)
      svg.text(tick.text, x: across.from - 7, y: y + 4, size: 11, colour: .quiet, anchor: .end)
    }
    for tick in ticksAcross {
      let x = across.place(tick.value)
      svg.line(x1: x, y1: up.from, x2: x, y2: up.to, colour: .rule)
      if !tick.text.isEmpty {
        svg.line(x1: x, y1: up.from, x2: x, y2: up.from + 4, colour: .quiet)
        svg.text(tick.text, x: x, y: up.from + 17, size: 11, colour: .quiet, anchor: .middle)
      }
    }
    svg.line(x1: across.from, y1: up.from, x2: across.to, y2: up.from, colour: .quiet)
    if !name.isEmpty {
      svg.text(name, x: (across.from + across.to) / 2, y: up.from + 36, colour: .quiet, anchor: .middle)
    }
    svg.text(
      upName, x: across.from - 44, y: (up.from + up.to) / 2, colour: .quiet, anchor: .middle, turned: true)
  }
}
