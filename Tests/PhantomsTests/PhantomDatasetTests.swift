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

  static func set(_ count: Int, _ heldout: Int, seed: UInt64, side: Int) -> PhantomDataset {
    var set = PhantomDataset(count: count, heldout: heldout)
    (set.seed, set.imageSide) = (seed, side)
    return set
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
    for folder in ["", "images/", "masks/"] {
      for name in directoryEntries(directory + "/" + folder) where name != "images" && name != "masks" {
        all[folder + name] = try readFile(directory + "/" + folder + name)
      }
    }
    return all
  }

  @Test func aDataSetIsCompleteAndRepeatable() throws {
    try Self.withDirectory { directory in
      var heard: [Int] = []
      try Self.set(6, 2, seed: 5, side: 64).write(to: directory) { done, total in
        heard.append(done * 100 + total)
      }
      #expect(heard == (1...8).map { $0 * 100 + 8 })
      let first = try Self.files(directory)
      var alone = Self.set(6, 2, seed: 5, side: 64)
      alone.threads = 1
      try alone.write(to: directory, force: true)
      #expect(try Self.files(directory) == first)
      let masks = first.keys.filter { $0.hasPrefix("masks/") }
      #expect(first.count == 9 + 8 + masks.count && masks.count >= 8)
      try Self.set(6, 2, seed: 5, side: 64).write(to: directory, force: true)
      #expect(try Self.files(directory) == first)
      try Self.set(7, 2, seed: 6, side: 64).write(to: directory, force: true)
      #expect(try Self.files(directory)["training.csv"] != first["training.csv"])
    }
  }

  @Test func listsNameImagesThatDecode() throws {
    try Self.withDirectory { directory in
      try Self.set(12, 3, seed: 1, side: 80).write(to: directory)
      for (list, count, start) in [("training.csv", 12, 0), ("heldout.csv", 3, 12)] {
        let rows = Self.rows(try readTextFile(directory + "/" + list))
        #expect(rows.first == ["image_path", "report_content"] && rows.count == count + 1)
        for (offset, row) in rows.dropFirst().enumerated() {
          try #require(row.count == 2)
          let record = PhantomRecord(seed: 1, index: start + offset)
          #expect(row[1] == record.report)
          let image = try #require(DecodedPNG(try readFile(directory + "/" + row[0])))
          #expect(image.width == 80 && image.height == 80)
          let picture = PhantomPicture(record, side: 80)
          #expect(picture.palette == nil && image.pixels == picture.pixels.flatMap { [$0, $0, $0] })
        }
      }
    }
  }

  @Test func energiesAreColours() throws {
    try Self.withDirectory { directory in
      var set = Self.set(3, 1, seed: 1, side: 64)
      set.style = .energies
      try set.write(to: directory)
      for index in 0..<4 {
        let picture = PhantomPicture(PhantomRecord(seed: 1, index: index, style: .energies), side: 64)
        let palette = try #require(picture.palette)
        let image = try #require(DecodedPNG(try readFile(directory + "/images/00000\(index).png")))
        #expect(image.pixels == picture.pixels.flatMap { palette[3 * Int($0)..<3 * Int($0) + 3] })
      }
      #expect(try JSON.read(path: directory + "/findings.json")["style"] == "energies")
    }
  }

  @Test func theControlListPairsEveryReportWithAnotherImage() throws {
    try Self.withDirectory { directory in
      try Self.set(7, 2, seed: 4, side: 64).write(to: directory)
      let training = Self.rows(try readTextFile(directory + "/training.csv"))
      let control = Self.rows(try readTextFile(directory + "/control.csv"))
      #expect(training.map { $0[1] } == control.map { $0[1] })
      #expect(Set(training.map { $0[0] }) == Set(control.map { $0[0] }))
      for (own, other) in zip(training, control).dropFirst() { #expect(own[0] != other[0]) }
    }
  }

  @Test func groundTruthMatchesTheReports() throws {
    try Self.withDirectory { directory in
      try Self.set(20, 4, seed: 9, side: 64).write(to: directory)
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
        for look in try #require(record["appearance"]?.members) {
          #expect(words.contains(try #require(look.value.stringValue)))
        }
      }
    }
  }

  @Test func theTokenizerFileHasThePublicShape() throws {
    try Self.withDirectory { directory in
      try Self.set(1, 1, seed: 1, side: 64).write(to: directory)
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
        try Self.set(1, 1, seed: 1, side: 64).write(to: directory)
      }
      #expect(refused?.code == .usage && directoryEntries(directory) == ["notes.txt"])
      #expect(refused?.description.contains("--force") == true)
      try Self.set(1, 1, seed: 1, side: 64).write(to: directory, force: true)
      #expect(try readTextFile(directory + "/notes.txt") == "mine")
      let file = #expect(throws: Diagnostic.self) {
        try Self.set(1, 1, seed: 1, side: 64).write(to: directory + "/notes.txt")
      }
      #expect(file?.code == .cannotWrite)
    }
  }

  @Test func onlyAPhantomDataSetIsReplaced() throws {
    try Self.withDirectory { directory in
      func write() throws(Diagnostic) {
        try Self.set(2, 1, seed: 1, side: 64).write(to: directory, force: true)
      }
      for name in [
        "images/holiday.jpg", "images/1.png", "masks/000001.png", "labels.csv", "training.csv", "findings.json",
      ] {
        try makeDirectory(directory + "/images")
        try makeDirectory(directory + "/masks")
        try AtomicFile.write("{}", to: directory + "/" + name)
        let refused = #expect(throws: Diagnostic.self) { try write() }
        #expect(refused?.code == .usage && refused?.message.contains(name) == true)
        #expect(try readTextFile(directory + "/" + name) == "{}")
        removeTree(directory + "/" + name)
      }
      // What is left of a run that was interrupted while it drew, and later.
      try AtomicFile.write("", to: directory + "/images/000007.png")
      try AtomicFile.write("", to: directory + "/images/.000008.png.partial")
      try AtomicFile.write("", to: directory + "/masks/000007-mass.png")
      try write()
      #expect(directoryEntries(directory + "/images") == ["000000.png", "000001.png", "000002.png"])
      removeTree(directory + "/training.csv")
      try write()
      #expect(fileKind(directory + "/training.csv") == .file)
    }
  }

  @Test func oneRecordHasNoControl() throws {
    try Self.withDirectory { directory in
      try Self.set(1, 1, seed: 1, side: 64).write(to: directory)
      #expect(fileKind(directory + "/control.csv") == .absent && fileKind(directory + "/training.csv") == .file)
    }
  }

  @Test(arguments: [(0, 1, 64), (1, 0, 64), (1, 1, 8), (1, 1, 9999)])
  func numbersOutOfRangeAreRefused(count: Int, heldout: Int, side: Int) {
    let error = #expect(throws: Diagnostic.self) {
      try Self.set(count, heldout, seed: 1, side: side).write(to: "/nonexistent")
    }
    #expect(error?.code == .usage)
  }
}
