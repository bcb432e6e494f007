/// How one of many lines is told from the others: eight colours, first solid, then dashed, then dotted.
struct SeriesStyle {
  let colour: Colour
  /// SVG's `stroke-dasharray`; empty for a solid line.
  let dashes: String

  init(_ index: Int) {
    let colours = Colour.series
    colour = colours[index % colours.count]
    dashes = ["", "6 3", "1.5 2.5"][index / colours.count % 3]
  }
}
