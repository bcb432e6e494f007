import Pictures
import Testing

@Suite struct LabelCurveTests {
  static let chart = LabelCurveSVG(
    title: "study", measure: "mean AUROC",
    groups: [
      .init(
        name: "random <0>",
        points: [
          .init(fraction: 1, values: [0.8]), .init(fraction: 0.01, values: [0.6, 0.7, .nan]),
          .init(fraction: 0.1, values: []),
        ]),
      .init(
        name: "pre-trained", points: [.init(fraction: 0.01, values: [0.8, 0.82]), .init(fraction: 1, values: [0.9])]),
    ])

  @Test func sharesAreOnALogarithmicAxisInPerCent() {
    let svg = Self.chart.render()
    #expect(isWellFormed(svg) && svg == Self.chart.render() && !svg.contains("nan"))
    #expect(svg.contains(">1 %</text>") && svg.contains(">100 %</text>") && !svg.contains(">10 %</text>"))
    #expect(svg.contains("random &lt;0&gt;") && svg.contains("mean AUROC") && svg.contains("share of the labels"))
  }

  @Test func seedsAreRingsAndMeansAreDots() {
    let circles = Self.chart.render().split(separator: "\n").filter { $0.hasPrefix("<circle") }
    // A lone seed is its mean: 2 + 2 rings; 2 means for each of two groups, and one dot for each in the list.
    #expect(circles.filter { $0.contains("r=\"2\"") }.count == 4)
    #expect(circles.filter { $0.contains("r=\"4\"") }.count == 6)
  }

  @Test func barsReachOneDeviationToBothSides() throws {
    let chart = LabelCurveSVG(
      title: "", measure: "m", groups: [.init(name: "a", points: [.init(fraction: 0.5, values: [1, 2, 3])])])
    // From 1 to 3 over the whole height: the deviation is 1, so bar and axis have the same ends.
    let bar = try #require(chart.render().split(separator: "\n").first { $0.contains("stroke-width=\"1.6\"") })
    #expect(bar.contains("y1=\"418\"") && bar.contains("y2=\"58\""))
  }

  @Test func nothingMeasuredIsSaid() {
    #expect(LabelCurveSVG(title: "", measure: "m", groups: []).render().contains("no values yet"))
    let empty = LabelCurveSVG(
      title: "", measure: "m", groups: [.init(name: "a", points: [.init(fraction: 1, values: [])])])
    #expect(isWellFormed(empty.render()) && empty.render().contains("no values yet"))
  }
}
