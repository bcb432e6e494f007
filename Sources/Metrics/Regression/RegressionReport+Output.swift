import Support

extension RegressionReport {
  /// `{"columns": [{"name", "count", "r2", "mae", "rmse"}], "mean_r2", "undefined": [NAME]}`.
  public var json: JSON {
    let columns = rows.map { row -> JSON in
      [
        "name": .string(row.name), "count": .integer(row.count), "r2": row.r2.map(JSON.number) ?? .null,
        "mae": row.meanAbsoluteError.map(JSON.number) ?? .null,
        "rmse": row.rootMeanSquaredError.map(JSON.number) ?? .null,
      ]
    }
    return [
      "columns": .array(columns), "mean_r2": meanR2.map(JSON.number) ?? .null,
      "undefined": .array(leftOut.map(JSON.string)),
    ]
  }

  /// A line for each column and one for the mean R².
  public var text: String {
    var table = TextTable(["column", "records", "R2", "MAE", "RMSE"])
    for row in rows {
      table.add([
        row.name, "\(row.count)", row.r2?.fixed(4) ?? "-", row.meanAbsoluteError?.significant(5) ?? "-",
        row.rootMeanSquaredError?.significant(5) ?? "-",
      ])
    }
    table.add(["mean", "", meanR2?.fixed(4) ?? "-", "", ""])
    if leftOut.isEmpty { return table.text }
    return table.text + "left out of the mean: \(leftOut.joined(separator: ", ")) (values that do not vary)\n"
  }
}
