/// Numbers of a list's columns.
struct LabelReader: FeedReader {
  let feed: LabelFeed
  let port: FeedPort

  /// The column that may hold a class's name or index instead of one column for each class.
  static let single = "label"

  var columns: [String] { feed.columns }

  func columns(in header: [String]) -> [String] {
    feed.kind == .classIndex && header.contains(Self.single) && !feed.columns.allSatisfy(header.contains)
      ? [Self.single] : feed.columns
  }

  /// The columns of a list without a header, which has so many labels; nil: those of the feed.
  func columns(inSplitListOf count: Int) -> [String]? {
    feed.kind == .classIndex && count == 1 && feed.columns.count > 1 ? [Self.single] : nil
  }

  /// Reads every label; a class that no record of a training list has is `badData` too.
  func check(_ table: RecordTable, training: Bool) throws(Diagnostic) {
    var counts = [Int](repeating: 0, count: feed.columns.count)
    for record in 0..<table.count {
      for label in try positives(table, record) { counts[label] += 1 }
    }
    if training, feed.kind != .real, let absent = counts.firstIndex(of: 0) {
      throw Diagnostic(
        .badData, at: SourceLocation(file: table.file),
        "no record has the class \"\(feed.columns[absent])\", so it cannot be learned; add records that have it, or build the model without it"
      )
    }
  }

  /// The classes of a record, ascending; none for real numbers.
  func positives(_ table: RecordTable, _ record: Int) throws(Diagnostic) -> [Int] {
    switch feed.kind {
    case .multiLabel: return try values(table, record).indices(of: 1)
    case .classIndex: return try [index(table, record)].filter { $0 >= 0 }
    case .real:
      _ = try values(table, record)
      return []
    }
  }

  func write(_ record: RecordView, row: Int, to buffers: FeedBuffers) throws(Diagnostic) {
    if feed.kind == .classIndex {
      buffers.pointer(port, as: Int32.self)[row] = Int32(try index(record.table, record.record))
      return
    }
    let out = buffers.pointer(port, as: Float.self) + row * feed.columns.count
    for (column, value) in try values(record.table, record.record).enumerated() { out[column] = value }
  }

  // MARK: One record

  /// One number for each column.
  private func values(_ table: RecordTable, _ record: Int) throws(Diagnostic) -> [Float] {
    var result: [Float] = []
    for column in feed.columns {
      let text = trimmingSpace(table.field(record, column))
      if text.isEmpty {
        result.append(try missing(table, record, column))
        continue
      }
      guard let value = Float(text), value.isFinite else { throw wrong(table, record, column, text) }
      if feed.kind == .multiLabel, value != 0, value != 1 { throw wrong(table, record, column, text) }
      result.append(value)
    }
    return result
  }

  private func missing(_ table: RecordTable, _ record: Int, _ column: String) throws(Diagnostic) -> Float {
    switch feed.missing {
    case .zero: return 0
    case .one: return 1
    case .ignored:
      if feed.kind != .real { return -1 }
      throw Diagnostic(.badData, at: table.location(of: record), "column \"\(column)\" is blank, expected a number")
    }
  }

  private func wrong(_ table: RecordTable, _ record: Int, _ column: String, _ text: String) -> Diagnostic {
    var problem = "column \"\(column)\" holds \"\(text)\", expected "
    if feed.kind == .real {
      problem += "a number"
    } else {
      problem += "0, 1 or blank"
      if Float(text) != nil {
        problem +=
          "; a finding that is uncertain must be decided in the list: 0, 1, or blank for one that is not known, "
        problem +=
          "which counts as missing=\(feed.missing.rawValue) (a model is built with missing=zero, one or ignored)"
      }
    }
    return Diagnostic(.badData, at: table.location(of: record), problem)
  }

  /// The class's index; −1 for one that is not known, where the model leaves such records out.
  private func index(_ table: RecordTable, _ record: Int) throws(Diagnostic) -> Int {
    if table.has(Self.single), !feed.columns.allSatisfy(table.has) { return try singleIndex(table, record) }
    var found: [Int] = []
    var isBlank = true
    for (index, column) in feed.columns.enumerated() {
      let text = trimmingSpace(table.field(record, column))
      if text.isEmpty { continue }
      isBlank = false
      guard let value = Float(text), value == 0 || value == 1 else {
        throw Diagnostic(
          .badData, at: table.location(of: record), "column \"\(column)\" holds \"\(text)\", expected 0 or 1")
      }
      if value == 1 { found.append(index) }
    }
    if found.count == 1 { return found[0] }
    if isBlank, feed.missing == .ignored { return -1 }
    let names = found.map { "\"\(feed.columns[$0])\"" }.joined(separator: " and ")
    throw Diagnostic(
      .badData, at: table.location(of: record),
      found.isEmpty
        ? "has no class: one of the columns \(feed.columns.map { "\"\($0)\"" }.joined(separator: ", ")) must be 1"
        : "has the classes \(names), expected exactly one")
  }

  private func singleIndex(_ table: RecordTable, _ record: Int) throws(Diagnostic) -> Int {
    let text = trimmingSpace(table.field(record, Self.single))
    if let index = feed.columns.firstIndex(of: text) { return index }
    if let index = Int(text), feed.columns.indices.contains(index) { return index }
    if text.isEmpty, feed.missing == .ignored { return -1 }
    throw Diagnostic(
      .badData, at: table.location(of: record),
      "column \"\(Self.single)\" holds \"\(text)\", expected a class (\(feed.columns.joined(separator: ", "))) or its index, 0 to \(feed.columns.count - 1)"
    )
  }
}

extension [Float] {
  fileprivate func indices(of value: Float) -> [Int] { indices.filter { self[$0] == value } }
}
