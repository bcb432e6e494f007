import IRText
import Support
import TensorIR
import Testing

/// The language reference tells of every operation, and its example is good.
struct ReferenceTests {
  static func reference() throws -> String { try readTextFile(directoryName(FileTest.root) + "/README.md") }

  @Test(arguments: Op.mnemonics)
  func tellsOfTheOperation(_ mnemonic: String) throws {
    #expect(
      try Self.reference().split(separator: "\n").contains { $0.hasPrefix("| `") && $0.contains("`\(mnemonic)`") })
  }

  @Test func theExampleIsCanonicalText() throws {
    let blocks = try Self.reference().split(separator: "```\n", omittingEmptySubsequences: false)
    let example = String(blocks[1])
    #expect(try Module(parsing: example, file: "README.md").description == example)
  }
}
