import Data

/// Scores as lines of a CSV file.
struct ScoreTable {
  private let session: EvaluationSession
  private let columns: ScoreColumns

  /// `failure` where the function gives no numbers.
  init(_ session: EvaluationSession) throws(Diagnostic) {
    self.session = session
    columns = try ScoreColumns(session.program)
  }

  private var nameColumn: String { session.feeds.nameColumn ?? "record" }

  /// The first line.
  var header: String {
    ([nameColumn] + columns.results.flatMap(\.columns)).map(Self.field).joined(separator: ",") + "\n"
  }

  /// A line for each record of a batch. `nonFiniteLoss` naming a record whose scores are not numbers.
  func rows(_ batch: EvaluatedBatch) throws(Diagnostic) -> String {
    var text = ""
    for row in 0..<batch.rows {
      let record = batch.tasks.records[row]
      var fields = [Self.field(session.table.has(nameColumn) ? session.table.field(record, nameColumn) : "\(record)")]
      for result in columns.results {
        let values = batch.values(result.name)!
        let width = result.columns.count
        for value in values[row * width..<(row + 1) * width] {
          if !value.isFinite {
            throw Diagnostic(
              .nonFiniteLoss, "the scores of a record are not finite",
              notes: ["record \(batch.tasks.recordNames[row])", "look at this record, and at the weights"])
          }
          fields.append("\(value)")
        }
      }
      text += fields.joined(separator: ",") + "\n"
    }
    return text
  }

  /// A CSV field, quoted where it must be.
  private static func field(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    return needsQuotes
      ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : text
  }
}
