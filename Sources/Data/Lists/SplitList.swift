/// A public split list: on each line an image's path and then its labels, separated by white space, without a header.
/// CRLF, blanks at line ends, blank lines and a missing last newline are accepted.
struct SplitList {
  struct Row {
    var path: String
    var labels: [String]
    var line: Int
  }

  let rows: [Row]

  /// nil where the first line is not a path followed by numbers. `badData`: text that is not UTF-8.
  init?(_ bytes: [UInt8], file: String) throws(Diagnostic) {
    var rows: [Row] = []
    for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let pieces = line.split { $0 == 0x20 || (0x09...0x0D).contains($0) }
      if pieces.isEmpty { continue }
      var words: [String] = []
      for piece in pieces {
        guard let word = String(validating: piece, as: UTF8.self) else {
          if rows.isEmpty { return nil }
          throw Diagnostic(.badData, at: SourceLocation(file: file, line: number + 1), "is not UTF-8 text")
        }
        words.append(word)
      }
      if rows.isEmpty {
        let isCSV = line.contains(UInt8(ascii: ",")) || line.contains(UInt8(ascii: "\""))
        if isCSV || words.count < 2 || Double(words[1]) == nil { return nil }
      }
      rows.append(Row(path: words[0], labels: Array(words.dropFirst()), line: number + 1))
    }
    if rows.isEmpty { return nil }
    self.rows = rows
  }
}
