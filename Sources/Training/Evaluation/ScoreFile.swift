import Data

/// The scores of a CSV file, found by the path of the image.
struct ScoreFile {
  private struct Row {
    var scores: [Float]
    var line: Int
  }

  let file: String
  private let columns: [String]
  private let rows: [String: Row]

  /// Reads the columns of scores, and the one that names images.
  /// `noInput`: it is absent; `badData`: malformed, a column missing, a score that is no number, or two for one image.
  init(path: String, image: String, columns: [String]) throws(Diagnostic) {
    file = path
    self.columns = columns
    var reader = try CSVReader(path: path)
    let name = try reader.column(image)
    let places = try columns.map { column throws(Diagnostic) in try reader.column(column) }
    var rows: [String: Row] = [:]
    while let line = try reader.next() {
      let key = trimmingSpace(line.fields[name])
      let place = SourceLocation(file: path, line: line.line)
      var scores: [Float] = []
      for (column, index) in zip(columns, places) {
        let text = trimmingSpace(line.fields[index])
        guard let score = Float(text), score.isFinite else {
          throw Diagnostic(
            .badData, at: place, "column \"\(column)\" holds \"\(text)\", expected a score, a finite number")
        }
        scores.append(score)
      }
      if let known = rows[key], known.scores != scores {
        throw Diagnostic(
          .badData, at: place, "\(key) has other scores in line \(known.line)", notes: ["leave one of the lines out"])
      }
      if rows[key] == nil { rows[key] = Row(scores: scores, line: line.line) }
    }
    self.rows = rows
  }

  /// The scores in some of the columns of every record of a table, record by record. `badData` at the record's line where
  /// the file has none of it.
  func scores(of table: RecordTable, image: String, columns chosen: [String]) throws(Diagnostic) -> [Float] {
    let places = chosen.map { column in columns.firstIndex(of: column)! }
    var result: [Float] = []
    result.reserveCapacity(table.count * places.count)
    for record in 0..<table.count {
      let key = table.field(record, image)
      guard let row = rows[key] else {
        throw Diagnostic(
          .badData, at: table.location(of: record), "\(file) has no scores of \(key)",
          notes: ["images are matched by their paths, as they stand in both files"])
      }
      for place in places { result.append(row.scores[place]) }
    }
    return result
  }
}
