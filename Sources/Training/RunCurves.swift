import Pictures
import Support

/// `curves.svg`: losses and learning rate of a run over its steps.
enum RunCurves {
  /// Draws the curves and writes the picture, whole or not at all.
  static func write(_ curves: CurveSamples, title: String, to path: String) throws(Diagnostic) {
    func panel(
      _ title: String, _ style: CurveSeries.Style = .smoothed, _ value: (CurveSamples.Sample) -> Double?
    ) -> CurvePanel? {
      let points = curves.samples.compactMap { sample in value(sample).map { (step: Double(sample.step), value: $0) } }
      return points.isEmpty
        ? nil : CurvePanel(title: title, series: [CurveSeries(name: title, points: points, style: style)])
    }
    let panels = [
      panel("loss") { $0.loss }, panel("image loss") { $0.image }, panel("report loss") { $0.report },
      panel("learning rate", .plain) { $0.learningRate },
    ]
    try AtomicFile.write(CurvesSVG.render(title: title, panels: panels.compactMap { $0 }), to: path)
  }
}
