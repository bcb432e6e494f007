/// One record of a CSV file.
public struct CSVRow: Sendable, Hashable {
  /// As many as the header has.
  public var fields: [String]
  /// The line where the record begins, from 1.
  public var line: Int
}

/// Reads the records of a CSV file with a header line (RFC 4180).
/// A byte-order mark, CRLF, lone CR, blank lines, spaces after a closing quote and a missing last newline are accepted.
public struct CSVReader: Sendable {
  /// The file as the user named it.
  public let file: String
  /// The column names, white space around them removed.
  public private(set) var header: [String] = []
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  /// Absent file: `noInput`; no header: `badData`.
  public init(path: String) throws(Diagnostic) {
    try self.init(bytes: readFile(path), file: path)
  }

  /// Reads `bytes`; `file` is the name that errors show.
  public init(bytes: [UInt8], file: String) throws(Diagnostic) {
    self.bytes = bytes
    self.file = file
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    guard let row = try record() else {
      throw Diagnostic(.badData, at: SourceLocation(file: file), "is empty, expected a header line with column names")
    }
    header = row.fields.map(trimmingSpace)
  }

  /// The index of the column called `name`; absent or there twice: `badData`.
  public func column(_ name: String) throws(Diagnostic) -> Int {
    let places = header.indices.filter { header[$0] == name }
    guard let place = places.first else {
      let found = header.map { "\"\($0)\"" }.joined(separator: ", ")
      throw Diagnostic(
        .badData, at: SourceLocation(file: file, line: 1), "has no column \"\(name)\"; its header names \(found)")
    }
    guard places.count == 1 else {
      throw Diagnostic(.badData, at: SourceLocation(file: file, line: 1), "has \(places.count) columns \"\(name)\"")
    }
    return place
  }

  /// The next record, or nil at the end. A quote never closed, text after a closing quote, text that is not UTF-8 and
  /// a record with another number of fields than the header: `badData` at its line.
  public mutating func next() throws(Diagnostic) -> CSVRow? {
    guard let row = try record() else { return nil }
    guard row.fields.count == header.count else {
      let hint =
        row.fields.count < header.count
        ? "a field may be empty, but not its comma" : "a field that holds a comma needs double quotes around it"
      throw Diagnostic(
        .badData, at: SourceLocation(file: file, line: row.line),
        "has \(row.fields.count) field\(row.fields.count == 1 ? "" : "s"), expected \(header.count); \(hint)")
    }
    return row
  }

  private mutating func record() throws(Diagnostic) -> CSVRow? {
    while position < bytes.count {
      let start = line
      var fields = [try field()]
      while take(UInt8(ascii: ",")) { fields.append(try field()) }
      takeLineBreak()
      if fields.count == 1 && trimmingSpace(fields[0]).isEmpty { continue }
      return CSVRow(fields: fields, line: start)
    }
    return nil
  }

  private mutating func field() throws(Diagnostic) -> String {
    if peek == UInt8(ascii: "\"") { return try quotedField() }
    let start = position
    while let byte = peek, byte != UInt8(ascii: ","), byte != 0x0A, byte != 0x0D { position += 1 }
    return try text(bytes[start..<position], line: line)
  }

  private mutating func quotedField() throws(Diagnostic) -> String {
    let opening = line
    var content: [UInt8] = []
    position += 1
    while true {
      guard let byte = peek else {
        throw Diagnostic(
          .badData, at: SourceLocation(file: file, line: opening), "a double quote opened here is never closed")
      }
      position += 1
      if byte == UInt8(ascii: "\"") {
        if !take(UInt8(ascii: "\"")) { break }
      } else if byte == 0x0A || (byte == 0x0D && peek != 0x0A) {
        line += 1
      }
      content.append(byte)
    }
    while peek == 0x20 || peek == 0x09 { position += 1 }
    if let byte = peek, byte != UInt8(ascii: ","), byte != 0x0A, byte != 0x0D {
      throw Diagnostic(
        .badData, at: SourceLocation(file: file, line: line),
        "text after a closing double quote; a quote inside a quoted field is written twice")
    }
    return try text(content[...], line: opening)
  }

  private func text(_ content: ArraySlice<UInt8>, line: Int) throws(Diagnostic) -> String {
    guard let text = String(validating: content, as: UTF8.self) else {
      throw Diagnostic(.badData, at: SourceLocation(file: file, line: line), "is not UTF-8 text")
    }
    return text
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private mutating func takeLineBreak() {
    let isReturn = take(0x0D)
    if take(0x0A) || isReturn { line += 1 }
  }
}

/// `text` without the spaces, tabs and line breaks around it.
package func trimmingSpace(_ text: String) -> String {
  let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
  let units = text.utf8
  guard let first = units.firstIndex(where: { !isSpace($0) }), let last = units.lastIndex(where: { !isSpace($0) })
  else { return "" }
  return String(text[first...last])
}
