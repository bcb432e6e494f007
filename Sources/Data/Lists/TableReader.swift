/// Reads a list: a CSV file with a header, or, where feeds ask for images and labels alone, a public split list.
enum TableReader {
  /// The columns that the feeds ask for.
  /// `noInput`: the list is absent; `badData`: malformed, a column missing, or no records.
  static func read(_ path: String, _ feeds: [any FeedReader]) throws(Diagnostic) -> RecordTable {
    let bytes = try readFile(path)
    let table: RecordTable
    if let list = try splitList(bytes, path, feeds) { table = list } else { table = try csv(bytes, path, feeds) }
    if table.count == 0 { throw Diagnostic(.badData, at: SourceLocation(file: path), "lists no records") }
    return table
  }

  private static func csv(
    _ bytes: [UInt8], _ path: String, _ feeds: [any FeedReader]
  ) throws(Diagnostic) -> RecordTable {
    var reader = try CSVReader(bytes: bytes, file: path)
    let columns = unique(feeds.flatMap { $0.columns(in: reader.header) })
    let images = Set(feeds.flatMap(\.pathColumns))
    var places: [(index: Int, isPath: Bool)] = []
    for column in columns { places.append((try reader.column(column), images.contains(column))) }
    var table = RecordTable(file: path, columns: columns)
    while let row = try reader.next() {
      table.append(
        places.map { $0.isPath ? trimmingSpace(row.fields[$0.index]) : row.fields[$0.index] }, line: row.line)
    }
    return table
  }

  /// nil where the list is none, or feeds ask for more than such a list holds.
  private static func splitList(
    _ bytes: [UInt8], _ path: String, _ feeds: [any FeedReader]
  ) throws(Diagnostic) -> RecordTable? {
    let images = unique(feeds.flatMap(\.pathColumns))
    let labels = feeds.compactMap { $0 as? LabelReader }
    let asked = unique(feeds.flatMap { $0.columns(in: []) })
    guard images.count == 1, Set(asked) == Set(images + labels.flatMap(\.columns)),
      let list = try SplitList(bytes, file: path)
    else { return nil }
    let one = labels.count == 1 ? labels[0].columns(inSplitListOf: list.rows[0].labels.count) : nil
    let names = one ?? unique(labels.flatMap(\.columns))
    var table = RecordTable(file: path, columns: images + names)
    for row in list.rows {
      if !labels.isEmpty && row.labels.count != names.count {
        throw Diagnostic(
          .badData, at: SourceLocation(file: path, line: row.line),
          "has \(row.labels.count) label\(row.labels.count == 1 ? "" : "s") after the image's path, expected \(names.count)"
        )
      }
      table.append([row.path] + (labels.isEmpty ? [] : row.labels), line: row.line)
    }
    return table
  }

  private static func unique(_ names: [String]) -> [String] {
    var seen = Set<String>()
    return names.filter { seen.insert($0).inserted }
  }
}
