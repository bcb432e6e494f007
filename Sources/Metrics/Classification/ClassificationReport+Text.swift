import Support

extension ClassificationReport {
  /// The table that people read: a line for each class and one for the mean, 95 % intervals in brackets, `-` where a number is
  /// not defined; then what the numbers stand on.
  public var text: String {
    let shown: [Measure] = [.auroc, .averagePrecision, .accuracy, .f1]
    var table = TextTable(["class", "positives", "negatives", "AUROC", "AP", "threshold", "accuracy", "F1"])
    for row in rows {
      var cells = ["\(row.positives)", "\(row.negatives)"] + shown.map { row[$0].text }
      cells.insert(Double(row.threshold).significant(4), at: 4)
      table.add([row.name] + cells)
    }
    var means = ["", ""] + shown.map { self[mean: $0].text }
    means.insert("", at: 4)
    table.add(["mean"] + means)
    var lines = [table.text]
    if !leftOut.isEmpty {
      lines.append("left out of the mean: \(leftOut.joined(separator: ", ")) (one label only)\n")
    }
    if replicates > 0 {
      let samples = replicates == 1 ? "1 bootstrap sample" : "\(replicates) bootstrap samples"
      lines.append("[95 % intervals: \(samples) of \(records) records, seed \(seed)]\n")
    }
    return lines.joined()
  }
}

extension Estimate {
  /// `0.8123 [0.7904, 0.8311]`, without interval `0.8123`, without value `-`.
  public var text: String {
    guard let value else { return "-" }
    guard let interval else { return value.fixed(4) }
    return "\(value.fixed(4)) [\(interval.low.fixed(4)), \(interval.high.fixed(4))]"
  }
}
