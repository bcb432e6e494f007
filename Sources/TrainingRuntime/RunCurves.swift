import Pictures
import Support

/// `curves.svg`: the losses of a run over its steps.
enum RunCurves {
  private static let width = 760.0
  private static let height = 420.0
  private static let margin = (left: 64.0, right: 16.0, top: 40.0, bottom: 44.0)

  /// Draws total, image and report loss and writes the picture, whole or not at all.
  static func write(_ curves: CurveSamples, to path: String) throws(Diagnostic) {
    try AtomicFile.write(svg(curves.samples), to: path)
  }

  private static func svg(_ samples: [CurveSamples.Sample]) -> String {
    let series: [(name: String, points: [(Int, Double)])] = [
      ("loss", samples.map { ($0.step, $0.loss) }),
      ("image", samples.compactMap { sample in sample.image.map { (sample.step, $0) } }),
      ("report", samples.compactMap { sample in sample.report.map { (sample.step, $0) } }),
    ].filter { !$0.points.isEmpty }
    let values = series.flatMap { $0.points.map(\.1) }
    let low = min(0, values.min() ?? 0)
    let high = max(values.max() ?? 1, low + 1e-9)
    let first = Double(samples.first?.step ?? 0)
    let last = max(Double(samples.last?.step ?? 1), first + 1)
    func x(_ step: Double) -> String {
      (margin.left + (step - first) / (last - first) * (width - margin.left - margin.right)).fixed(1)
    }
    func y(_ value: Double) -> String {
      (height - margin.bottom - (value - low) / (high - low) * (height - margin.top - margin.bottom)).fixed(1)
    }
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(width))" height="\(Int(height))" \
      font-family="sans-serif" font-size="12" fill="\(Colour.quiet.hex)">
      <rect width="100%" height="100%" fill="\(Colour.white.hex)"/>
      """
    ]
    for tick in 0...4 {
      let value = low + (high - low) * Double(tick) / 4
      let step = (first + (last - first) * Double(tick) / 4).rounded()
      parts.append(
        """
        <line x1="\(margin.left)" x2="\(width - margin.right)" y1="\(y(value))" y2="\(y(value))" \
        stroke="\(Colour.rule.hex)"/>
        <text x="\(margin.left - 8)" y="\(y(value))" dy="4" text-anchor="end">\(value.significant(3))</text>
        <text x="\(x(step))" y="\(height - margin.bottom + 20)" text-anchor="middle">\(Int(step))</text>
        """)
    }
    for (index, line) in series.enumerated() {
      let colour = Colour.series[index % Colour.series.count].hex
      let points = line.points.map { "\(x(Double($0.0))),\(y($0.1))" }.joined(separator: " ")
      let left = margin.left + Double(index) * 90
      parts.append(
        """
        <polyline fill="none" stroke="\(colour)" stroke-width="1.6" points="\(points)"/>
        <rect x="\(left)" y="16" width="14" height="4" fill="\(colour)"/>
        <text x="\(left + 20)" y="22">\(line.name)</text>
        """)
    }
    parts.append("<text x=\"\(width / 2)\" y=\"\(height - 8)\" text-anchor=\"middle\">optimiser step</text>\n</svg>\n")
    return parts.joined(separator: "\n")
  }
}
