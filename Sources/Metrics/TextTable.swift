/// Lines of cells under each other: the first column to the left, the others to the right.
struct TextTable {
  private var rows: [[String]]

  init(_ titles: [String]) { rows = [titles] }

  /// Adds a line of as many cells as there are titles.
  mutating func add(_ cells: [String]) {
    precondition(cells.count == rows[0].count)
    rows.append(cells)
  }

  /// The lines, each ended; no spaces at the end.
  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        line += column == 0 ? cell + space : "  " + space + cell
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
