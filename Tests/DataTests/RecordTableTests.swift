import Data
import Testing

@Suite("Lists")
struct RecordTableTests {
  /// The list as masked record modeling reads it.
  private func read(_ path: String) throws -> RecordTable {
    let feeds = try FeedSet(
      [
        .image(ImageFeed(side: 8, crop: .pretraining)), .tokens(TokenFeed(length: 6, vocabulary: 500)),
        .noise(NoiseFeed(count: 4)),
      ], tokenizer: samples + "tokenizer.json")
    return try feeds.table(path, training: true)
  }

  @Test("records come with paths relative to the list's folder")
  func records() throws {
    let folder = try ScratchFolder()
    try folder.write("images/a.png", "x")
    let other = try folder.write("b.png", "y")
    let file = try folder.write(
      "training.csv", "id, report_content ,image_path\n1,\"No effusion,\nclear.\", images/a.png \n2,,\(other)\n")
    let list = try read(file)
    #expect(list.count == 2)
    #expect(list.field(0, "image_path") == "images/a.png")
    #expect(list.field(0, "report_content") == "No effusion,\nclear.")
    #expect(list.location(of: 0).line == 2)
    #expect(list.field(1, "image_path") == other)
    #expect(list.field(1, "report_content").isEmpty)
    #expect(list.location(of: 1).line == 4)
    #expect(list.path(0, "image_path") == folder.path + "/images/a.png")
    #expect(list.path(1, "image_path") == other)
    #expect(list.location(of: 1).description == "\(file):4")
  }

  @Test("the fingerprint changes with the reports and their order only")
  func fingerprint() throws {
    let folder = try ScratchFolder()
    try folder.write("a.png", "x")
    let fingerprint = { (rows: String) throws in
      try self.read(folder.write("t.csv", "image_path,report_content\n" + rows)).fingerprint()
    }
    let first = try fingerprint("a.png,one\na.png,two\n")
    #expect(try fingerprint("\"a.png\",\"one\"\r\na.png,two") == first)
    #expect(try fingerprint("a.png,two\na.png,one\n") != first)
    #expect(try fingerprint("a.png,on\na.png,two\n") != first)
    #expect(try fingerprint("a.png,onea.png\na.png,two\n") != fingerprint("a.png,one\na.png,a.pngtwo\n"))
  }

  @Test("bad lists end with the documented codes, naming file and line")
  func badLists() throws {
    let folder = try ScratchFolder()
    try folder.write("a.png", "x")
    let read = { (text: String) throws in _ = try self.read(folder.write("t.csv", text)) }
    expectDiagnostic(.badData, "t.csv:1: error:", "no column \"report_content\"") { try read("image_path\na.png\n") }
    expectDiagnostic(.badData, "t.csv:1: error:", "no column \"image_path\"") { try read("report_content\nx\n") }
    expectDiagnostic(.badData, "t.csv: error:", "no records") { try read("image_path,report_content\n") }
    expectDiagnostic(.badData, "t.csv: error:", "is empty") { try read("") }
    expectDiagnostic(.badData, "t.csv:3: error:", "image_path is empty") {
      try read("image_path,report_content\na.png,x\n ,y\n")
    }
    expectDiagnostic(.noInput, "t.csv:3: error:", "image images/gone.png does not exist") {
      try read("image_path,report_content\na.png,x\nimages/gone.png,y\n")
    }
    expectDiagnostic(.badData, "t.csv:2: error:", "is a directory") {
      try read("image_path,report_content\n\(folder.path),x\n")
    }
    expectDiagnostic(.noInput, "absent.csv: error:", "no such file") {
      _ = try self.read(folder.path + "/absent.csv")
    }
  }
}
