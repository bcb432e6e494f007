import IRText
import OpHarness
import Support
import TensorIR
import Testing

/// The language reference tells of every operation, and its example is good.
struct ReferenceTests {
  static func reference() throws -> String { try readTextFile(directoryName(FileTest.root) + "/README.md") }

  /// The words in backquotes of a table's cell.
  private static func words(_ cell: Substring) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
      String($0.element)
    }
  }

  /// The rows of the table of operations: their names, and the names of their attributes.
  private static func rows() throws -> [(names: [String], attributes: [String])] {
    let lines = try reference().split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("| operation |") }) + 2
    return lines[start...].prefix { $0.hasPrefix("|") }.map { line in
      let cells = line.split(separator: "|")
      return (words(cells[0]), words(cells[1]))
    }
  }

  @Test func tellsOfEachOperationOnce() throws {
    #expect(try Self.rows().flatMap(\.names).sorted() == Op.mnemonics.sorted())
  }

  /// Every attribute that an operation of the table of tests prints is in its row.
  @Test func tellsOfEachAttribute() throws {
    let rows = try Self.rows()
    for test in OpTable.rows {
      for node in try test.function().nodes {
        let known = rows.first { $0.names.contains(node.op.mnemonic) }?.attributes ?? []
        for attribute in node.op.attributes {
          #expect(known.contains(attribute.name), "\(node.op.mnemonic) {\(attribute.name)}")
        }
      }
    }
  }

  @Test func theExampleIsCanonicalText() throws {
    let blocks = try Self.reference().split(separator: "```\n", omittingEmptySubsequences: false)
    let example = String(blocks[1])
    #expect(try Module(parsing: example, file: "README.md").description == example)
  }
}
