import Pictures

/// `curves.svg`: losses, metrics on held-out records and learning rate of a run over its steps.
enum RunCurves {
  /// Draws the curves, one panel for each number, and writes the picture, whole or not at all.
  static func write(_ curves: CurveSamples, title: String, to path: String) throws(Diagnostic) {
    let rate = "lr"
    let losses = keys(curves.samples).filter { $0 != rate }
    let measured = keys(curves.evaluations).filter { !losses.contains($0) }
    let panels = (losses + measured + [rate]).compactMap { key in
      panel(key, key == rate ? .plain : .smoothed, curves)
    }
    try AtomicFile.write(CurvesSVG.render(title: title, panels: panels), to: path)
  }

  private static func keys(_ samples: [CurveSamples.Sample]) -> [String] {
    var seen = Set<String>()
    return samples.flatMap(\.values).map(\.key).filter { seen.insert($0).inserted }
  }

  private static func panel(_ key: String, _ style: CurveSeries.Style, _ curves: CurveSamples) -> CurvePanel? {
    let trained = points(key, curves.samples)
    let measured = points(key, curves.evaluations)
    let title = title(key)
    var series: [CurveSeries] = []
    if !trained.isEmpty { series.append(CurveSeries(name: title, points: trained, style: style)) }
    if !measured.isEmpty { series.append(CurveSeries(name: title + ", held out", points: measured, style: .measured)) }
    return series.isEmpty ? nil : CurvePanel(title: title, series: series)
  }

  private static func points(_ key: String, _ samples: [CurveSamples.Sample]) -> [(step: Double, value: Double)] {
    samples.compactMap { sample in
      sample.values.first { $0.key == key }?.value.doubleValue.map { (step: Double(sample.step), value: $0) }
    }
  }

  /// `report loss` for `loss_report`.
  private static func title(_ key: String) -> String {
    if key == "lr" { return "learning rate" }
    let words = key.hasPrefix("loss_") ? key.dropFirst(5) + " loss" : key[...]
    return String(words.map { $0 == "_" ? " " : $0 })
  }
}
