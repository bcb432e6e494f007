import Models

/// `mrmc models`: the models there are.
public enum ListModels {
  /// One line per model: name, parameters, FLOPs per record, what it is.
  public static func text() throws(Diagnostic) -> String {
    var lines: [String] = []
    for model in ModelRegistry.all {
      let statistics = ModelStatistics(try model.build(try ModelOptions()))
      let parameters = paddedLeft(grouped(statistics.trainableParameters), 11)
      let flops = paddedLeft((statistics.flopsPerRecord * 1e-9).significant(4), 7)
      lines.append(
        "\(paddedRight(model.name, 14)) \(parameters) parameters  \(flops) GFLOP per record  \(model.summary)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The same as a JSON array.
  public static func json() throws(Diagnostic) -> JSON {
    var rows: [JSON] = []
    for model in ModelRegistry.all {
      let statistics = ModelStatistics(try model.build(try ModelOptions()))
      rows.append([
        "name": .string(model.name), "parameters": .integer(statistics.trainableParameters),
        "fixed_parameters": .integer(statistics.fixedParameters),
        "flops_per_record": .number(statistics.flopsPerRecord),
        "summary": .string(model.summary),
      ])
    }
    return .array(rows)
  }
}

/// `151,154,736`.
func grouped(_ number: Int) -> String {
  let digits = Array(String(number))
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}
