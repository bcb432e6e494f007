import Data
import Testing

@Suite("Labels")
struct LabelTests {
  private static let columns = ["edema", "mass", "no finding"]

  private func feeds(_ feed: LabelFeed) throws -> FeedSet {
    try FeedSet([.image(ImageFeed(side: 4, crop: .finetuning)), .labels(feed)], tokenizer: nil)
  }

  /// A list of one image again and again, with these fields behind it.
  private func list(_ folder: ScratchFolder, _ header: String, _ rows: [String]) throws -> String {
    try folder.write("a.png", readFile(samples + "grey8.png"))
    return try folder.write("t.csv", "image_path,\(header)\n" + rows.map { "a.png,\($0)\n" }.joined())
  }

  private func read(_ path: String, _ feed: LabelFeed, training: Bool = false) throws -> RecordTable {
    try feeds(feed).table(path, training: training)
  }

  /// The labels of all records, as one batch holds them.
  private func labels<T>(_ path: String, _ feed: LabelFeed, as type: T.Type) throws -> [T] {
    let feeds = try feeds(feed)
    let table = try feeds.table(path, training: false)
    let loader = try BatchLoader(table, feeds, batch: table.count, mode: .evaluation, seed: 0)
    let buffers = BatchLoaderTests.Buffers(feeds.feeds, batch: table.count)
    let tasks = loader.prepare(batch: 0, into: buffers.buffers)
    for row in 0..<tasks.taskCount { tasks.runTask(row) }
    try tasks.check()
    let count = feed.kind == .classIndex ? table.count : table.count * feed.columns.count
    let pointer = buffers.buffers.pointer(FeedPort("labels", LabelFeed.values), as: type)
    return Array(UnsafeBufferPointer(start: pointer, count: count))
  }

  @Test(
    "a blank field is what the feed says",
    arguments: [(LabelFeed.Missing.zero, Float(0)), (.one, 1), (.ignored, -1)])
  func missing(_ policy: LabelFeed.Missing, _ value: Float) throws {
    let folder = try ScratchFolder()
    let file = try list(folder, "mass,edema,no finding", ["1,0, ", "0.0, 1 ,1.0", ",,0"])
    let feed = LabelFeed(columns: Self.columns, missing: policy)
    #expect(try labels(file, feed, as: Float.self) == [0, 1, value, 1, 0, 1, value, value, 0])
  }

  @Test(
    "a label that is none is named with its line, column and value",
    arguments: [
      (
        "0,-1,0", "t.csv:3: error: column \"mass\" holds \"-1\", expected 0, 1 or blank", "missing=zero, one or ignored"
      ),
      ("0,0,2", "t.csv:3: error: column \"no finding\" holds \"2\"", "0, 1 or blank"),
      ("yes,0,0", "t.csv:3: error: column \"edema\" holds \"yes\"", "0, 1 or blank"),
      ("nan,0,0", "t.csv:3: error: column \"edema\" holds \"nan\"", "0, 1 or blank"),
    ])
  func badLabels(_ row: String, _ first: String, _ second: String) throws {
    let folder = try ScratchFolder()
    let file = try list(folder, Self.columns.joined(separator: ","), ["0,1,0", row])
    expectDiagnostic(.badData, first, second) { _ = try read(file, LabelFeed(columns: Self.columns)) }
  }

  @Test("a column that is not there is named")
  func missingColumn() throws {
    let folder = try ScratchFolder()
    let file = try list(folder, "edema,mass", ["0,1"])
    expectDiagnostic(.badData, "t.csv:1: error: has no column \"no finding\"") {
      _ = try read(file, LabelFeed(columns: Self.columns))
    }
  }

  @Test("a class that no training record has cannot be trained", arguments: [LabelFeed.Kind.multiLabel, .classIndex])
  func absentClass(_ kind: LabelFeed.Kind) throws {
    let folder = try ScratchFolder()
    let file = try list(folder, Self.columns.joined(separator: ","), ["1,0,0", "0,0,1"])
    let feed = LabelFeed(columns: Self.columns, kind: kind)
    expectDiagnostic(.badData, "t.csv: error: no record has the class \"mass\"") {
      _ = try read(file, feed, training: true)
    }
    #expect(try read(file, feed).count == 2)
  }

  @Test("a class is the column that is 1, or the name or index in one column")
  func classes() throws {
    let folder = try ScratchFolder()
    let feed = LabelFeed(columns: Self.columns, kind: .classIndex)
    let columns = try list(folder, Self.columns.joined(separator: ","), ["0,1,0", ",,1", "1.0,0,0"])
    #expect(try labels(columns, feed, as: Int32.self) == [1, 2, 0])
    let single = try list(folder, "label", ["mass", " no finding ", "0", "2"])
    #expect(try labels(single, feed, as: Int32.self) == [1, 2, 0, 2])
  }

  @Test(
    "a class that is none is named",
    arguments: [
      (
        "edema,mass,no finding", "1,1,0", "t.csv:2: error: has the classes \"edema\" and \"mass\", expected exactly one"
      ),
      ("edema,mass,no finding", "0,0,0", "t.csv:2: error: has no class: one of the columns \"edema\""),
      ("edema,mass,no finding", "0,x,0", "t.csv:2: error: column \"mass\" holds \"x\", expected 0 or 1"),
      ("label", "3", "t.csv:2: error: column \"label\" holds \"3\", expected a class (edema, mass, no finding)"),
      ("label", "-1", "or its index, 0 to 2"), ("label", "", "column \"label\" holds \"\""),
      ("other", "1", "t.csv:1: error: has no column \"edema\""),
    ])
  func badClasses(_ header: String, _ row: String, _ message: String) throws {
    let folder = try ScratchFolder()
    let file = try list(folder, header, [row])
    expectDiagnostic(.badData, message) { _ = try read(file, LabelFeed(columns: Self.columns, kind: .classIndex)) }
  }

  @Test("real numbers are any that are finite; one that is blank must mean something")
  func reals() throws {
    let folder = try ScratchFolder()
    let file = try list(folder, "age,weight", ["-3.5,1e2", ",7"])
    let columns = ["age", "weight"]
    #expect(
      try labels(file, LabelFeed(columns: columns, kind: .real, missing: .one), as: Float.self) == [-3.5, 100, 1, 7])
    expectDiagnostic(.badData, "t.csv:3: error: column \"age\" is blank, expected a number") {
      _ = try read(file, LabelFeed(columns: columns, kind: .real, missing: .ignored))
    }
    let bad = try list(folder, "age,weight", ["inf,1"])
    expectDiagnostic(.badData, "t.csv:2: error: column \"age\" holds \"inf\", expected a number") {
      _ = try read(bad, LabelFeed(columns: columns, kind: .real))
    }
  }

  // MARK: Public split lists

  @Test(
    "a split list is read whatever its line ends",
    arguments: [
      "a.png 0 1 0\nb.png 1 0 1\n", "a.png 0 1 0\r\nb.png 1 0 1\r\n", "a.png 0 1 0 \nb.png\t1  0 1",
      "\na.png 0 1 0\n\n  \nb.png 1.0 0.0 1 \r\n",
    ])
  func splitLists(_ text: String) throws {
    let folder = try ScratchFolder()
    for name in ["a.png", "b.png"] { try folder.write(name, readFile(samples + "grey8.png")) }
    let file = try folder.write("train_list.txt", text)
    let feed = LabelFeed(columns: Self.columns)
    #expect(try labels(file, feed, as: Float.self) == [0, 1, 0, 1, 0, 1])
    #expect(try read(file, feed, training: true).field(1, "image_path") == "b.png")
    // Without labels, as to predict, only the images are read.
    let images = try FeedSet([.image(ImageFeed(side: 4, crop: .finetuning))], tokenizer: nil)
    #expect(try images.table(file, training: false).columns == ["image_path"])
  }

  @Test("another count of labels is named with its line")
  func splitListCounts() throws {
    let folder = try ScratchFolder()
    try folder.write("a.png", "x")
    let feed = LabelFeed(columns: Self.columns)
    let file = try folder.write("l.txt", "a.png 0 1 0\na.png 0 1\n")
    expectDiagnostic(.badData, "l.txt:2: error: has 2 labels after the image's path, expected 3") {
      _ = try read(file, feed)
    }
    let other = try folder.write("l.txt", "a.png 0\n")
    expectDiagnostic(.badData, "l.txt:1: error: has 1 label after the image's path, expected 3") {
      _ = try read(other, feed)
    }
    let bad = try folder.write("l.txt", "a.png 0 1 0\na.png 0 1 -1\n")
    expectDiagnostic(.badData, "l.txt:2: error: column \"no finding\" holds \"-1\"") { _ = try read(bad, feed) }
    let gone = try folder.write("l.txt", "a.png 0 1 0\ngone.png 0 1 1\n")
    expectDiagnostic(.noInput, "l.txt:2: error: image gone.png does not exist") { _ = try read(gone, feed) }
  }

  @Test("one number a line is a class's index where there is a class to choose")
  func splitListClasses() throws {
    let folder = try ScratchFolder()
    try folder.write("a.png", readFile(samples + "grey8.png"))
    let feed = LabelFeed(columns: Self.columns, kind: .classIndex)
    #expect(try labels(folder.write("l.txt", "a.png 2\na.png 0\n"), feed, as: Int32.self) == [2, 0])
    #expect(try labels(folder.write("l.txt", "a.png 0 1 0\n"), feed, as: Int32.self) == [1])
  }

  // MARK: Fractions

  @Test("smaller fractions lie within larger ones and keep each class while there is room")
  func fractions() throws {
    let folder = try ScratchFolder()
    // Classes that one record in 50, in 7 and in 2 has.
    let rows = (0..<200).map { "\($0 % 50 == 31 ? 1 : 0),\($0 % 7 == 3 ? 1 : 0),\($0 % 2)" }
    let file = try list(folder, Self.columns.joined(separator: ","), rows)
    let feeds = try feeds(LabelFeed(columns: Self.columns))
    let table = try feeds.table(file, training: true)
    func lines(_ share: Double, seed: UInt64 = 0) throws -> [Int] {
      let part = try Fraction(share, seed: seed).records(of: table, feeds)
      return (0..<part.count).map { part.location(of: $0).line }
    }
    var smaller: [Int] = []
    for share in [0.005, 0.011, 0.02, 0.1, 0.5, 1] {
      let found = try lines(share)
      #expect(found.count == Int((share * 200).rounded(.up)))
      #expect(found == found.sorted() && Set(smaller).isSubset(of: found))
      #expect(try lines(share) == found)
      if share > 0.011, share < 1 { #expect(try lines(share, seed: 1) != found) }
      smaller = found
      if found.count < 3 { continue }
      for column in Self.columns {
        #expect(found.contains { table.field($0 - 2, column) == "1" }, "\(share) has no \(column)")
      }
    }
    #expect(try lines(1).count == 200)
  }

  @Test("a fraction is above 0 and at most 1", arguments: [0, -0.5, 1.5, .nan, .infinity] as [Double])
  func badFractions(_ share: Double) throws {
    expectDiagnostic(.usage, "--fraction", "more than 0 and at most 1") { try Fraction(share).validate() }
  }

  @Test("texts need a tokenizer, and nothing else takes one")
  func tokenizers() throws {
    expectDiagnostic(.usage, "--tokenizer is missing") {
      _ = try FeedSet([.tokens(TokenFeed(length: 4, vocabulary: 500))], tokenizer: nil)
    }
    do {
      _ = try FeedSet([.noise(NoiseFeed(count: 4))], tokenizer: samples + "tokenizer.json")
      Issue.record("no error was thrown")
    } catch {
      #expect(error.code == .usage && error.message.contains("reads no texts"))
    }
  }
}
