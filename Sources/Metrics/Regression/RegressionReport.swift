import Support

/// How near predicted numbers come to measured ones, column by column.
public struct RegressionReport: Sendable, Hashable {
  /// One column over its known records.
  public struct Row: Sendable, Hashable {
    /// The column as given.
    public let name: String
    /// Records whose value is known.
    public let count: Int
    /// 1 − Σ (y − ŷ)² / Σ (y − ȳ)². Nil when the measured values do not vary.
    public let r2: Double?
    /// Mean of |y − ŷ|. Nil without records.
    public let meanAbsoluteError: Double?
    /// Square root of the mean of (y − ŷ)². Nil without records.
    public let rootMeanSquaredError: Double?
  }

  /// The columns as given.
  public let rows: [Row]
  /// The mean R² over the columns that have one.
  public var meanR2: Double? { meanOfDefined(rows.map(\.r2)) }
  /// The columns without R².
  public var leftOut: [String] { rows.filter { $0.r2 == nil }.map(\.name) }

  /// Measures `predictions` `[N, C]` against `values` `[N, C]`, both by rows; a value that is NaN is not known and left out.
  /// `badData` naming column and record: a prediction that is not finite, an infinite value; and without records.
  public init(columns: [String], predictions: [Float], values: [Float]) throws(Diagnostic) {
    let width = columns.count
    precondition(width > 0 && predictions.count == values.count && values.count % width == 0)
    if values.isEmpty { throw Diagnostic(.badData, "there are no records to measure") }
    rows = try columns.enumerated().map { column, name throws(Diagnostic) in
      var pairs: [(value: Double, prediction: Double)] = []
      for index in stride(from: column, to: values.count, by: width) where !values[index].isNaN {
        guard predictions[index].isFinite, values[index].isFinite else {
          let side = values[index].isFinite ? "prediction" : "value"
          throw Diagnostic(.badData, "column '\(name)': the \(side) of record \(index / width) is not finite")
        }
        pairs.append((Double(values[index]), Double(predictions[index])))
      }
      return Row(name: name, pairs)
    }
  }
}

extension RegressionReport.Row {
  fileprivate init(name: String, _ pairs: [(value: Double, prediction: Double)]) {
    self.name = name
    count = pairs.count
    guard let summary = SampleSummary(pairs.map(\.value)) else {
      (r2, meanAbsoluteError, rootMeanSquaredError) = (nil, nil, nil)
      return
    }
    let n = Double(pairs.count)
    let errors = pairs.reduce(0) { $0 + ($1.value - $1.prediction) * ($1.value - $1.prediction) }
    let spread = pairs.reduce(0) { $0 + ($1.value - summary.mean) * ($1.value - summary.mean) }
    r2 = spread == 0 ? nil : 1 - errors / spread
    meanAbsoluteError = pairs.reduce(0) { $0 + abs($1.value - $1.prediction) } / n
    rootMeanSquaredError = (errors / n).squareRoot()
  }
}
