import Data
import Testing

@Suite("CSV")
struct CSVTests {
  private func rows(_ text: String) throws -> [CSVRow] {
    var reader = try CSVReader(bytes: Array(text.utf8), file: "list.csv")
    var rows: [CSVRow] = []
    while let row = try reader.next() { rows.append(row) }
    return rows
  }

  @Test(
    "fields are read whatever the quoting and the line ends",
    arguments: [
      ("a,b\n1,2\n", ["1", "2"]),
      ("a,b\n1,2", ["1", "2"]),
      ("a,b\r\n1,2\r\n", ["1", "2"]),
      ("a,b\r1,2\r", ["1", "2"]),
      ("\u{FEFF}a,b\n1,2\n", ["1", "2"]),
      ("a,b\n\n1,2\n\n  \n", ["1", "2"]),
      ("a,b\n,\n", ["", ""]),
      ("a,b\n\"1,5\",\"say \"\"no\"\"\"\n", ["1,5", "say \"no\""]),
      ("a,b\n\"x\ny\r\nz\",\"\"\n", ["x\ny\r\nz", ""]),
      ("a,b\n\"1\" ,\"2\"\t\n", ["1", "2"]),
      ("a,b\n1 , 2 \n", ["1 ", " 2 "]),
      ("a,b\n5\" tall,2\n", ["5\" tall", "2"]),
      ("a,b\né,中\n", ["é", "中"]),
      ("\"a\",\"b\"\n\"1\",\"2\"", ["1", "2"]),
    ])
  func fields(text: String, expected: [String]) throws {
    let rows = try rows(text)
    #expect(rows.map(\.fields) == [expected])
  }

  @Test("header names are trimmed")
  func header() throws {
    let reader = try CSVReader(bytes: Array(" image_path , report_content \r\n".utf8), file: "list.csv")
    #expect(reader.header == ["image_path", "report_content"])
    #expect(try reader.column("report_content") == 1)
  }

  @Test("a record has the number of the line where it begins, also after line breaks within quotes")
  func lines() throws {
    let rows = try rows("a,b\n1,2\n\n\"x\ny\rz\r\nw\",2\n3,4\n")
    #expect(rows.map(\.line) == [2, 4, 8])
  }

  @Test("a quote never closed is reported at the line that opened it")
  func openQuote() {
    expectDiagnostic(.badData, "list.csv:3: error:", "never closed") { _ = try rows("a,b\n1,2\n3,\"x\ny\nz\n") }
  }

  @Test("a record with another number of fields is refused")
  func fieldCount() {
    expectDiagnostic(.badData, "list.csv:3: error:", "has 3 fields, expected 2") { _ = try rows("a,b\n1,2\n3,4,5\n") }
    expectDiagnostic(.badData, "list.csv:2: error:", "has 1 field, expected 2") { _ = try rows("a,b\nx\n") }
  }

  @Test("text after a closing quote is refused")
  func textAfterQuote() {
    expectDiagnostic(.badData, "list.csv:2: error:", "closing double quote") { _ = try rows("a,b\n\"1\"2,3\n") }
  }

  @Test("bytes that are not UTF-8 are refused at their line")
  func encoding() {
    expectDiagnostic(.badData, "list.csv:2: error:", "UTF-8") {
      var reader = try CSVReader(bytes: Array("a,b\n1,".utf8) + [0xE9, 0x0A], file: "list.csv")
      _ = try reader.next()
    }
  }

  @Test("an empty file and missing or doubled columns are refused")
  func badHeaders() {
    expectDiagnostic(.badData, "list.csv: error:", "is empty") { _ = try rows("\n\n") }
    let reader = { (text: String) throws in try CSVReader(bytes: Array(text.utf8), file: "list.csv") }
    expectDiagnostic(.badData, "list.csv:1: error:", "no column \"b\"", "\"a\", \"c\"") {
      _ = try reader("a,c\n").column("b")
    }
    expectDiagnostic(.badData, "list.csv:1: error:", "2 columns \"a\"") { _ = try reader("a,a\n").column("a") }
  }
}
