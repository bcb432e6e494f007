import Glibc
import PNGDecoding
import Phantoms
import Support
import Testing

@Suite struct PhantomDatasetTests {
  /// A directory of its own, removed when the test is over.
  static func withDirectory(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/phantoms-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { removeTree(made) }
    try body(made + "/set")
  }

  /// A minimal reader of RFC 4180.
  static func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = ""
    var quoted = false
    var last: Character = "\n"
    for character in text {
      if character == "\"" {
        if !quoted, last == "\"" { field.append("\"") }
        quoted.toggle()
      } else if !quoted, character == "," || character == "\n" {
        row.append(field)
        field = ""
        if character == "\n" {
          rows.append(row)
          row = []
        }
      } else {
        field.append(character)
      }
      last = character
    }
    return rows
  }

  static func files(_ directory: String) throws -> [String: [UInt8]] {
    var all: [String: [UInt8]] = [:]
    let folders = ["images", "masks"]
    for name in directoryEntries(directory) where !folders.contains(name) {
      all[name] = try readFile(directory + "/" + name)
    }
    for folder in folders {
      for name in directoryEntries(directory + "/" + folder) {
        all["\(folder)/\(name)"] = try readFile("\(directory)/\(folder)/\(name)")
      }
    }
    return all
  }

  @Test func aDataSetIsCompleteAndRepeatable() throws {
    try Self.withDirectory { directory in
      var heard: [Int] = []
      try PhantomDataset.write(to: directory, count: 6, heldout: 2, seed: 5, imageSide: 64) { done, total in
        heard.append(done * 100 + total)
      }
      #expect(heard == (1...8).map { $0 * 100 + 8 })
      let first = try Self.files(directory)
      #expect(first.count == 9 + 2 * 8)
      for threads in [1, 3] {
        try PhantomDataset.write(
          to: directory, count: 6, heldout: 2, seed: 5, imageSide: 64, force: true, threads: threads)
        #expect(try Self.files(directory) == first)
      }
      try PhantomDataset.write(to: directory, count: 7, heldout: 2, seed: 6, imageSide: 64, force: true)
      #expect(try Self.files(directory)["training.csv"] != first["training.csv"])
    }
  }

  @Test func listsNameImagesThatDecode() throws {
    try Self.withDirectory { directory in
      try PhantomDataset.write(to: directory, count: 12, heldout: 3, seed: 1, imageSide: 80, style: .energies)
      for (list, count, start) in [("training.csv", 12, 0), ("heldout.csv", 3, 12)] {
        let rows = Self.rows(try readTextFile(directory + "/" + list))
        #expect(rows.first == ["image_path", "report_content"] && rows.count == count + 1)
        for (offset, row) in rows.dropFirst().enumerated() {
          try #require(row.count == 2)
          let record = PhantomRecord(seed: 1, index: start + offset, style: .energies)
          #expect(row[1] == record.report)
          let image = try #require(DecodedPNG(try readFile(directory + "/" + row[0])))
          #expect(image.width == 80 && image.height == 80)
          let picture = PhantomPicture(record, side: 80)
          let palette = try #require(picture.palette)
          #expect(image.pixels == picture.pixels.flatMap { palette[3 * Int($0)..<3 * Int($0) + 3] })
        }
      }
    }
  }

  @Test func labelsAndMasksAreThoseOfTheRecords() throws {
    try Self.withDirectory { directory in
      try PhantomDataset.write(to: directory, count: 40, heldout: 8, seed: 2, imageSide: 64)
      for (prefix, list, start) in [("", "training.csv", 0), ("heldout-", "heldout.csv", 40)] {
        let records = Self.rows(try readTextFile(directory + "/" + list)).dropFirst()
        let labels = Self.rows(try readTextFile("\(directory)/\(prefix)labels.csv"))
        let masks = Self.rows(try readTextFile("\(directory)/\(prefix)masks.csv")).dropFirst()
        #expect(labels[0] == ["image_path"] + PhantomFinding.Kind.allCases.map(\.column))
        #expect(
          records.map { $0[0] } == labels.dropFirst().map { $0[0] } && records.map { $0[0] } == masks.map { $0[0] })
        for (offset, (row, mask)) in zip(labels.dropFirst(), masks).enumerated() {
          let record = PhantomRecord(seed: 2, index: start + offset)
          let expected: [String] = PhantomFinding.Kind.allCases.map { record.has($0) ? "1" : "0" }
          #expect(Array(row.dropFirst()) == expected)
          let area = try #require(DecodedPNG(try readFile(directory + "/" + mask[1])))
          let picture = try #require(DecodedPNG(try readFile(directory + "/" + row[0])))
          #expect(area.width == picture.width && area.height == picture.height)
          #expect(Set(area.pixels).isSubset(of: [0, 255]))
          #expect(area.pixels.contains(255) == record.has(.pneumothorax))
          let pixels = picture.pixels
          let isGrey = stride(from: 0, to: pixels.count, by: 3).allSatisfy { pixels[$0] == pixels[$0 + 2] }
          #expect(isGrey)
        }
      }
    }
  }

  @Test func theControlListPairsEveryReportWithAnotherImage() throws {
    try Self.withDirectory { directory in
      try PhantomDataset.write(to: directory, count: 7, heldout: 2, seed: 4, imageSide: 64)
      let training = Self.rows(try readTextFile(directory + "/training.csv"))
      let control = Self.rows(try readTextFile(directory + "/control.csv"))
      #expect(training.map { $0[1] } == control.map { $0[1] })
      #expect(Set(training.map { $0[0] }) == Set(control.map { $0[0] }))
      for (own, other) in zip(training, control).dropFirst() { #expect(own[0] != other[0]) }
    }
  }

  @Test func groundTruthMatchesTheReports() throws {
    try Self.withDirectory { directory in
      try PhantomDataset.write(to: directory, count: 20, heldout: 4, seed: 9, imageSide: 64)
      let truth = try JSON.read(path: directory + "/findings.json")
      let records = try #require(truth["records"]?.elements)
      #expect(records.count == 24)
      let rows = try ["training.csv", "heldout.csv"].flatMap {
        Self.rows(try readTextFile(directory + "/" + $0)).dropFirst()
      }
      for (record, row) in zip(records, rows) {
        #expect(record["image_path"]?.stringValue == row[0])
        let words = PhantomRecordTests.words(row[1])
        for finding in try #require(record["findings"]?.elements) {
          for key in ["kind", "side", "size"] {
            #expect(words.contains(try #require(finding[key]?.stringValue)))
          }
          #expect(finding["center"]?.elements?.count == 2)
        }
        #expect(record["appearance"]?["exposure"] != nil && record["appearance"]?["low"] == nil)
        for look in try #require(record["appearance"]?.members) {
          #expect(words.contains(try #require(look.value.stringValue)))
        }
      }
    }
  }

  @Test func theTokenizerFileHasThePublicShape() throws {
    try Self.withDirectory { directory in
      try PhantomDataset.write(to: directory, count: 1, heldout: 1, seed: 1, imageSide: 64)
      let json = try JSON.read(path: directory + "/tokenizer.json")
      let model = try #require(json["model"])
      #expect(model["type"] == "WordPiece" && model["continuing_subword_prefix"] == "##")
      #expect(model["max_input_chars_per_word"] == 100 && model["unk_token"] == "[UNK]")
      let pieces = try #require(model["vocab"]?.members)
      #expect(pieces.map { $0.value.intValue } == Array(0..<pieces.count))
      #expect(pieces.prefix(4).map(\.key) == ["[PAD]", "[UNK]", "[CLS]", "[MASK]"])
      #expect(json["normalizer"]?["normalizers"]?.elements?.count == 3)
      #expect(json["added_tokens"]?.elements?.count == 4)
    }
  }

  @Test func whatIsInTheWayIsKept() throws {
    try Self.withDirectory { directory in
      try makeDirectory(directory)
      try AtomicFile.write("mine", to: directory + "/notes.txt")
      let refused = #expect(throws: Diagnostic.self) {
        try PhantomDataset.write(to: directory, count: 1, heldout: 1, seed: 1, imageSide: 64)
      }
      #expect(refused?.code == .usage && directoryEntries(directory) == ["notes.txt"])
      #expect(refused?.description.contains("--force") == true)
      try PhantomDataset.write(to: directory, count: 1, heldout: 1, seed: 1, imageSide: 64, force: true)
      #expect(try readTextFile(directory + "/notes.txt") == "mine")
      let file = #expect(throws: Diagnostic.self) {
        try PhantomDataset.write(to: directory + "/notes.txt", count: 1, heldout: 1, seed: 1, imageSide: 64)
      }
      #expect(file?.code == .cannotWrite)
    }
  }

  @Test func onlyAPhantomDataSetIsReplaced() throws {
    try Self.withDirectory { directory in
      func write() throws(Diagnostic) {
        try PhantomDataset.write(to: directory, count: 2, heldout: 1, seed: 1, imageSide: 64, force: true)
      }
      for name in ["images/holiday.jpg", "images/1.png", "training.csv", "findings.json"] {
        try makeDirectory(directory + "/images")
        try AtomicFile.write("{}", to: directory + "/" + name)
        let refused = #expect(throws: Diagnostic.self) { try write() }
        #expect(refused?.code == .usage && refused?.message.contains(name) == true)
        #expect(try readTextFile(directory + "/" + name) == "{}")
        removeTree(directory + "/" + name)
      }
      // What is left of a run that was interrupted while it drew, and later.
      try AtomicFile.write("", to: directory + "/images/000007.png")
      try AtomicFile.write("", to: directory + "/images/.000008.png.partial")
      try write()
      #expect(directoryEntries(directory + "/images") == ["000000.png", "000001.png", "000002.png"])
      removeTree(directory + "/training.csv")
      try write()
      #expect(fileKind(directory + "/training.csv") == .file)
    }
  }

  @Test func oneRecordHasNoControl() throws {
    try Self.withDirectory { directory in
      try PhantomDataset.write(to: directory, count: 1, heldout: 1, seed: 1, imageSide: 64)
      #expect(fileKind(directory + "/control.csv") == .absent && fileKind(directory + "/training.csv") == .file)
    }
  }

  @Test(arguments: [(0, 1, 64), (1, 0, 64), (1, 1, 8), (1, 1, 9999)])
  func numbersOutOfRangeAreRefused(count: Int, heldout: Int, side: Int) {
    let error = #expect(throws: Diagnostic.self) {
      try PhantomDataset.write(to: "/nonexistent", count: count, heldout: heldout, seed: 1, imageSide: side)
    }
    #expect(error?.code == .usage)
  }
}
