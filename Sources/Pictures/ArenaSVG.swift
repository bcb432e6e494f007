import Support

/// A buffer in a memory plan: the bytes it has, and the schedule steps during which it has them.
public struct ArenaBlock: Sendable, Hashable {
  public var name: String
  /// The first and the last schedule step that needs it.
  public var start: Int
  public var end: Int
  /// Its first byte in the arena, and how many it has.
  public var offset: Int
  public var size: Int
  /// What it holds, for its colour and the legend: `activations`, `gradients`.
  public var group: String

  public init(name: String, start: Int, end: Int, offset: Int, size: Int, group: String) {
    self.name = name
    self.start = start
    self.end = end
    self.offset = offset
    self.size = size
    self.group = group
  }
}

/// A memory plan as a picture: schedule steps to the right, byte offsets upwards, one rectangle per buffer, and the sum of
/// the bytes in use as a line.
public enum ArenaSVG {
  /// The plan as SVG text; the same blocks give the same text. `marks` name schedule steps (`backward` at 412).
  public static func render(
    title: String, blocks: [ArenaBlock], marks: [(step: Int, name: String)] = []
  ) -> String {
    let (left, right, top, bottom) = (92.0, 1010.0, 84.0, 564.0)
    var svg = SVG(width: 1030, height: 620)
    svg.text(title, x: 20, y: 30, size: 16, bold: true)
    let groups = Set(blocks.map(\.group)).sorted()
    legend(groups, blocks, on: &svg)
    let bytes = blocks.map { $0.offset + $0.size }.max() ?? 1
    let steps = (blocks.map { $0.end + 1 } + marks.map(\.step)).max() ?? 1
    let across = Axis(0...Double(steps), pixels: left, right, count: 8, rounded: false)
    let unit = scale(bytes)
    let up = Axis(0...Double(bytes) / unit.bytes, pixels: bottom, top, count: 6)
    for tick in up.ticks {
      svg.line(x1: left, y1: up.place(tick), x2: right, y2: up.place(tick), colour: .rule)
      svg.text(
        Axis.text(tick), x: left - 8, y: up.place(tick) + 4, size: 11, colour: .quiet, anchor: .end)
    }
    for tick in across.ticks {
      svg.text(Axis.text(tick), x: across.place(tick), y: bottom + 18, size: 11, colour: .quiet, anchor: .middle)
    }
    for block in blocks {
      let x = across.place(Double(block.start))
      let y = up.place(Double(block.offset + block.size) / unit.bytes)
      let height = up.place(Double(block.offset) / unit.bytes) - y
      svg.rect(
        x: x, y: y, width: across.place(Double(block.end + 1)) - x, height: height,
        fill: colour(block.group, groups), stroke: height < thinnestFramed ? nil : .white,
        tip: "\(block.name): \(byteText(block.size)) at \(block.offset), steps \(block.start)-\(block.end)")
    }
    svg.path(live(blocks, steps).map { (across.place($0), up.place($1 / unit.bytes)) }, colour: .ink, width: 1.2)
    for mark in marks {
      let x = across.place(Double(mark.step))
      svg.line(x1: x, y1: top - 4, x2: x, y2: bottom, colour: .ink, dashed: true)
      svg.text(mark.name, x: x + 4, y: top - 6, size: 11)
    }
    let peak = up.place(Double(bytes) / unit.bytes)
    svg.line(x1: left, y1: peak, x2: right, y2: peak, colour: .wrong, dashed: true)
    svg.text("peak \(byteText(bytes))", x: right, y: peak - 5, size: 11, colour: .wrong, anchor: .end)
    svg.line(x1: left, y1: bottom, x2: right, y2: bottom, colour: .quiet)
    svg.text("schedule step", x: (left + right) / 2, y: bottom + 38, colour: .quiet, anchor: .middle)
    svg.text(
      "arena offset, \(unit.name)", x: 24, y: (top + bottom) / 2, colour: .quiet, anchor: .middle, turned: true)
    return svg.finished()
  }

  /// Lower rectangles have no frame, which would be all that is seen of them.
  private static let thinnestFramed = 4.0

  /// The outline of the bytes in use at each step.
  private static func live(_ blocks: [ArenaBlock], _ steps: Int) -> [(step: Double, bytes: Double)] {
    var change = [Int](repeating: 0, count: steps + 1)
    for block in blocks {
      change[min(max(0, block.start), steps)] += block.size
      change[min(max(0, block.end + 1), steps)] -= block.size
    }
    var (bytes, points) = (0, [(step: Double, bytes: Double)]())
    for (step, difference) in change.enumerated() where difference != 0 {
      points.append((Double(step), Double(bytes)))
      bytes += difference
      points.append((Double(step), Double(bytes)))
    }
    return points
  }

  private static func colour(_ group: String, _ groups: [String]) -> Colour {
    Colour.series[(groups.firstIndex(of: group) ?? 0) % Colour.series.count]
  }

  private static func legend(_ groups: [String], _ blocks: [ArenaBlock], on svg: inout SVG) {
    var x = 20.0
    for group in groups {
      let count = blocks.reduce(0) { $0 + ($1.group == group ? 1 : 0) }
      let text = "\(group) (\(count))"
      svg.rect(x: x, y: 44, width: 12, height: 12, fill: colour(group, groups))
      svg.text(text, x: x + 18, y: 54)
      x += 34 + 7 * Double(text.count)
    }
    svg.line(x1: x, y1: 50, x2: x + 14, y2: 50, colour: .ink, width: 1.2)
    svg.text("bytes in use", x: x + 20, y: 54)
  }

  private static func scale(_ bytes: Int) -> (bytes: Double, name: String) {
    if bytes >= 2_000_000_000 { return (1e9, "GB") }
    if bytes >= 2_000_000 { return (1e6, "MB") }
    return bytes >= 2_000 ? (1e3, "kB") : (1, "bytes")
  }
}
