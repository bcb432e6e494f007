import Pictures
import Testing

/// Tags opened and closed in order, attributes in quotes, no bare `&` or `<`: enough to be XML.
func isWellFormed(_ svg: String) -> Bool {
  var open: [Substring] = []
  var rest = svg[...]
  while let start = rest.firstIndex(of: "<") {
    guard !rest[..<start].contains(">"), let end = rest[start...].firstIndex(of: ">") else { return false }
    let tag = rest[rest.index(after: start)..<end]
    if tag.contains("<") || tag.filter({ $0 == "\"" }).count % 2 != 0 { return false }
    let name = tag.prefix { $0 != " " && $0 != "/" }
    if tag.hasPrefix("/") {
      guard open.popLast() == tag.dropFirst() else { return false }
    } else if !tag.hasSuffix("/") {
      open.append(name)
    }
    rest = rest[rest.index(after: end)...]
  }
  let entities = svg.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
  return open.isEmpty
    && entities.allSatisfy { text in ["amp;", "lt;", "gt;", "quot;"].contains { text.hasPrefix($0) } }
}

@Suite struct SVGTests {
  static let losses: [(step: Double, value: Double)] = (0..<5000).map { step in
    let time = Double(step) / 50
    return (step: Double(step), value: 1 + 8 / (1 + time))
  }

  @Test func curvesAreWellFormedSmallAndRepeatable() {
    let panels = [
      CurvePanel(
        title: "loss <&\"",
        series: [
          CurveSeries(name: "training", points: Self.losses),
          CurveSeries(name: "held out", points: [(0, 9), (2500, 2), (4999, 1.5)], style: .measured),
        ]),
      CurvePanel(title: "empty", series: []),
      CurvePanel(title: "one", series: [CurveSeries(name: "a", points: [(1, 3)])]),
    ]
    let svg = CurvesSVG.render(title: "run", panels: panels)
    #expect(isWellFormed(svg))
    #expect(svg == CurvesSVG.render(title: "run", panels: panels))
    #expect(svg.utf8.count < 120_000)
    #expect(svg.contains("held out") && svg.contains("no values yet") && svg.contains("loss &lt;&amp;&quot;"))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
  }

  @Test func valuesThatAreNotFiniteAreLeftOut() {
    let series = CurveSeries(name: "a", points: [(0, 1), (1, .nan), (2, .infinity), (3, 2)])
    #expect(series.points.map(\.step) == [0, 3])
  }

  @Test func axesStartAtTheDataAndNotBelow() {
    let svg = CurvesSVG.render(
      title: "", panels: [CurvePanel(title: "p", series: [CurveSeries(name: "a", points: [(0, 0), (100, 10)])])])
    #expect(svg.contains(">10</text>") && svg.contains(">100</text>"))
    #expect(!svg.contains(">-2</text>") && !svg.contains(">12</text>"))
  }

  @Test func wideRangesAreLogarithmic() {
    let svg = CurvesSVG.render(
      title: "", panels: [CurvePanel(title: "p", series: [CurveSeries(name: "a", points: [(0, 10), (9, 0.01)])])])
    #expect(svg.contains(">0.01</text>") && svg.contains(">0.1</text>") && svg.contains(">1</text>"))
  }

  @Test func barsAreAsLongAsTheirValues() {
    let chart = BarChartSVG(
      title: "b", unit: "ms", series: ["fused", "unfused"],
      groups: [.init(label: "attention", bars: [.init(series: 0, value: 2, note: "2 ms"), .init(series: 1, value: 4)])])
    let svg = chart.render()
    #expect(isWellFormed(svg))
    let widths = svg.split(separator: "\n").filter { $0.contains("<title>") }.compactMap { line in
      line.split(separator: "width=\"").dropFirst().first.flatMap { Double($0.prefix { $0 != "\"" }) }
    }
    #expect(widths.count == 2 && abs(widths[1] - 2 * widths[0]) < 0.02)
    #expect(isWellFormed(BarChartSVG(title: "", unit: "", series: [], groups: []).render()))
  }

  @Test func everyBlockOfAnArenaIsDrawn() {
    let blocks = (0..<5).map {
      ArenaBlock(name: "b\($0)", start: $0, end: $0 + 2, offset: $0 * 4096, size: 4096, group: $0 % 2 == 0 ? "x" : "y")
    }
    let svg = ArenaSVG.render(title: "plan", blocks: blocks, marks: [(3, "backward")])
    #expect(isWellFormed(svg) && isWellFormed(ArenaSVG.render(title: "", blocks: [])))
    for block in blocks { #expect(svg.contains("<title>\(block.name): ")) }
    #expect(svg.contains("peak 20.5 kB") && svg.contains("x (3)") && svg.contains("y (2)"))
  }
}
