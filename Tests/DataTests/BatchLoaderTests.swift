import Data
import Glibc
import Testing

@Suite("Batches")
struct BatchLoaderTests {
  /// The sizes of a task's batches.
  struct Sizes {
    var batch = 3
    var side = 12
    var channels = 3
    var length = 9
    var noise = 6
    var vocabulary = 500

    var feeds: [Feed] {
      [
        .image(ImageFeed(side: side, channels: channels, crop: .pretraining)),
        .tokens(TokenFeed(length: length, vocabulary: vocabulary)), .noise(NoiseFeed(count: noise)),
      ]
    }
  }

  /// Buffers filled with values that no batch holds.
  final class Buffers {
    let buffers: FeedBuffers
    private var parts: [FeedPort: UnsafeMutableRawBufferPointer] = [:]

    init(_ feeds: [Feed], batch: Int) {
      for part in feeds.flatMap({ $0.parts(batch: batch) }) {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: part.type.byteCount, alignment: 64)
        if part.type.element == .f32 {
          bytes.bindMemory(to: Float.self).initialize(repeating: -99)
        } else {
          bytes.bindMemory(to: Int32.self).initialize(repeating: -99)
        }
        parts[part.port] = bytes
      }
      buffers = FeedBuffers(parts.mapValues { $0.baseAddress! })
    }

    deinit { for bytes in parts.values { bytes.deallocate() } }

    private func array<T>(_ feed: String, _ part: String, _ type: T.Type) -> [T] {
      Array(parts[FeedPort(feed, part)]!.bindMemory(to: type))
    }

    var image: [Float] { array("image", ImageFeed.pixels, Float.self) }
    var noise: [Float] { array("noise", NoiseFeed.values, Float.self) }
    var ids: [Int32] { array("report", TokenFeed.ids, Int32.self) }
    var labels: [Int32] { array("report", TokenFeed.labels, Int32.self) }
    var attentionMask: [Int32] { array("report", TokenFeed.mask, Int32.self) }

    /// Of all its bytes, tensor by tensor.
    var hashes: [String] {
      [
        ("image", ImageFeed.pixels), ("report", TokenFeed.ids), ("report", TokenFeed.labels),
        ("report", TokenFeed.mask),
        ("noise", NoiseFeed.values),
      ].map { feed, part in
        var hash = StableHash()
        hash.update(UnsafeRawBufferPointer(parts[FeedPort(feed, part)]!))
        return hash.hex
      }
    }
  }

  private static let reports = [
    "There is no pleural effusion.", "Lungs clear", "", "pneumothorax", "Heart size normal; lungs clear.",
    "no \"pneumothorax\"\nthe heart", "café 12mm",
  ]

  /// A list of `count` records whose images are the samples.
  private func list(_ folder: ScratchFolder, count: Int = 7, reports: [String] = reports) throws -> RecordTable {
    let images = ["grey8.png", "grey.jpg", "rgb.jpg", "rgb8.png", "palette8.png", "png-named.jpg", "cmyk.jpg"]
    var text = "image_path,report_content\r\n"
    for index in 0..<count {
      let report = reports[index % 7].split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"")
      text += "\(samples)\(images[index % 7]),\"\(report)\"\r\n"
    }
    return try feeds().table(folder.write("training.csv", text), training: false)
  }

  private func feeds(_ sizes: Sizes = Sizes()) throws -> FeedSet {
    try FeedSet(sizes.feeds, tokenizer: samples + "tokenizer.json")
  }

  private func loader(
    _ list: RecordTable, _ mode: BatchLoader.Mode = .training, seed: UInt64 = 1, sizes: Sizes = Sizes(),
    imageShift: Int = 0
  ) throws -> BatchLoader {
    try BatchLoader(list, feeds(sizes), batch: sizes.batch, mode: mode, seed: seed, imageShift: imageShift)
  }

  private func run(_ loader: BatchLoader, _ batch: Int, order: [Int]? = nil) throws -> (Buffers, BatchTasks) {
    let buffers = Buffers(loader.feeds.feeds, batch: loader.batch)
    let tasks = loader.prepare(batch: batch, into: buffers.buffers)
    for row in order ?? Array(0..<tasks.taskCount) { tasks.runTask(row) }
    try tasks.check()
    return (buffers, tasks)
  }

  private func equal(_ left: Buffers, _ right: Buffers) -> Bool {
    left.image == right.image && left.noise == right.noise && left.ids == right.ids && left.labels == right.labels
      && left.attentionMask == right.attentionMask
  }

  @Test("every element of a batch is written, within its range")
  func complete() throws {
    let folder = try ScratchFolder()
    let (buffers, tasks) = try run(loader(list(folder)), 0)
    #expect(tasks.taskCount == 3)
    #expect(buffers.image.allSatisfy { $0 >= -2.04 && $0 <= 2.06 })
    #expect(Set(buffers.image).count > 50)
    #expect(buffers.noise.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(Set(buffers.noise).count == buffers.noise.count)
    for (row, record) in tasks.records.enumerated() {
      let expected = try #require(try feeds().tokenizer).encode(Self.reports[record], length: 9)
      #expect(Array(buffers.labels[row * 9..<row * 9 + 9]) == expected.ids)
      #expect(Array(buffers.attentionMask[row * 9..<row * 9 + 9]) == expected.attentionMask)
    }
    for position in buffers.ids.indices {
      #expect(buffers.ids[position] == 3 || buffers.ids[position] == buffers.labels[position])
    }
  }

  @Test(
    "the bytes of batches are those of the first version, so that its runs go on",
    arguments: [
      (
        3, BatchLoader.Mode.training, 0, 1842220643275765064 as Int64,
        ["63c102ec6d386390", "11a8e48eb37c091a", "af6d3761fb9db6d8", "2c77d269aab685b4", "68dab5ffebaca2d7"]
      ),
      (
        3, BatchLoader.Mode.training, 3, 3856881759305592849 as Int64,
        ["ff2367984b5a83dd", "92cca9ecb527e78a", "63e511b75e4a3263", "2c63215638343614", "1e5d00e050bd4f30"]
      ),
      (
        3, BatchLoader.Mode.evaluation, 2, 8990579420766717774 as Int64,
        ["44032837248ff871", "d3e6c2fc43a2b44e", "8e9f945dc8ba8b40", "6fdc714d16818f05", "1a6fc3a7f3fc7762"]
      ),
      (
        1, BatchLoader.Mode.training, 0, 1842220643275765064 as Int64,
        ["fc083b62acd0673c", "11a8e48eb37c091a", "af6d3761fb9db6d8", "2c77d269aab685b4", "68dab5ffebaca2d7"]
      ),
      (
        1, BatchLoader.Mode.training, 3, 3856881759305592849 as Int64,
        ["a059e78cebb1556e", "92cca9ecb527e78a", "63e511b75e4a3263", "2c63215638343614", "1e5d00e050bd4f30"]
      ),
      (
        1, BatchLoader.Mode.evaluation, 2, 8990579420766717774 as Int64,
        ["7234a361a9751144", "d3e6c2fc43a2b44e", "8e9f945dc8ba8b40", "6fdc714d16818f05", "1a6fc3a7f3fc7762"]
      ),
    ])
  func golden(_ channels: Int, _ mode: BatchLoader.Mode, _ batch: Int, _ dropout: Int64, _ hashes: [String]) throws {
    let folder = try ScratchFolder()
    let reports = Self.reports.map { $0.split(separator: "\"").joined() }
    let (buffers, tasks) = try run(
      loader(list(folder, reports: reports), mode, sizes: Sizes(channels: channels)), batch)
    #expect(tasks.dropoutSeed == dropout)
    #expect(buffers.hashes == hashes)
  }

  @Test("a batch depends on its index only, not on what ran before or in which order")
  func deterministic() throws {
    let folder = try ScratchFolder()
    let list = try list(folder)
    let first = try loader(list)
    var batches: [Buffers] = []
    for batch in 0..<6 { batches.append(try run(first, batch).0) }
    for batch in [5, 0, 3] {
      let (again, tasks) = try run(loader(list), batch, order: [2, 0, 1])
      #expect(equal(again, batches[batch]))
      #expect(tasks.dropoutSeed >= 0)
    }
    #expect(!equal(try run(loader(list, seed: 2), 0).0, batches[0]))
  }

  @Test("tasks run by several threads at once give the same batch")
  func threads() async throws {
    let folder = try ScratchFolder()
    let sizes = Sizes(batch: 40)
    let loader = try loader(list(folder, count: 40), sizes: sizes)
    let expected = try run(loader, 1).0
    let buffers = Buffers(sizes.feeds, batch: 40)
    let tasks = loader.prepare(batch: 1, into: buffers.buffers)
    await withTaskGroup(of: Void.self) { group in
      for row in 0..<tasks.taskCount { group.addTask { tasks.runTask(row) } }
    }
    try tasks.check()
    #expect(equal(buffers, expected))
  }

  @Test("an epoch visits each record at most once and drops the incomplete last batch; epochs differ")
  func epochs() throws {
    let folder = try ScratchFolder()
    let loader = try loader(list(folder))
    #expect(loader.batchesPerEpoch == 2)
    var orders: [[Int]] = []
    for epoch in 0..<4 {
      let tasks = try (0..<2).map { try run(loader, 2 * epoch + $0).1 }
      #expect(tasks.allSatisfy { $0.epoch == epoch && $0.realCount == 3 })
      orders.append(tasks.flatMap(\.records))
      #expect(Set(orders[epoch]).count == 6)
    }
    #expect(Set(orders).count > 1)
  }

  @Test("crops, masks and noise of one record change from epoch to epoch")
  func epochsDiffer() throws {
    let folder = try ScratchFolder()
    let sizes = Sizes(batch: 1)
    let loader = try loader(list(folder, count: 1), sizes: sizes)
    let batches = try (0..<8).map { try run(loader, $0).0 }
    #expect(Set(batches.map(\.image)).count == 8)
    #expect(Set(batches.map(\.noise)).count == 8)
    #expect(Set(batches.map(\.ids)).count > 2)
    #expect(Set(batches.map(\.labels)).count == 1)
  }

  @Test("evaluation keeps the order of the list, fills up the last batch, and masks a record alike in any batch")
  func evaluation() throws {
    let folder = try ScratchFolder()
    let list = try list(folder)
    let loader = try loader(list, .evaluation)
    #expect(loader.batchesPerEpoch == 3)
    let (first, tasks) = try run(loader, 0)
    #expect(tasks.records == [0, 1, 2])
    let (last, lastTasks) = try run(loader, 2)
    #expect(lastTasks.records == [6, 0, 1])
    #expect(lastTasks.realCount == 1)
    #expect(Array(last.ids[9..<27]) == Array(first.ids[0..<18]))
    #expect(Array(last.image[432..<1296]) == Array(first.image[0..<864]))
    #expect(Array(last.noise[6...]) == Array(first.noise[..<12]))
    let small = try self.loader(self.list(folder, count: 2), .evaluation)
    #expect(try run(small, 0).1.records == [0, 1, 0])
    #expect(try run(small, 0).1.realCount == 2)
  }

  @Test("an image may be taken from a record further on, over the ends of batches and of the list")
  func imageShift() throws {
    let folder = try ScratchFolder()
    let list = try list(folder)
    let plain = try loader(list, .evaluation)
    let shifted = try loader(list, .evaluation, imageShift: 1)
    let size = 432
    func image(_ buffers: Buffers, _ row: Int) -> [Float] { Array(buffers.image[row * size..<(row + 1) * size]) }
    var images: [[Float]] = []
    for batch in 0..<3 {
      let (buffers, _) = try run(plain, batch)
      for row in 0..<3 { images.append(image(buffers, row)) }
    }
    for batch in 0..<3 {
      let (buffers, _) = try run(shifted, batch)
      let (own, _) = try run(plain, batch)
      #expect(Array(buffers.ids.prefix(27)) == Array(own.ids.prefix(27)))
      let rows = batch == 2 ? 1 : 3
      for row in 0..<rows {
        #expect(image(buffers, row) == images[(batch * 3 + row + 1) % 7])
      }
    }
  }

  @Test("a grey image fills three equal channels")
  func greyChannels() throws {
    let folder = try ScratchFolder()
    let (buffers, _) = try run(loader(list(folder), .evaluation), 0)
    let plane = Array(buffers.image[..<144])
    #expect(Array(buffers.image[144..<288]) == plane)
    #expect(Array(buffers.image[288..<432]) == plane)
    #expect(Array(buffers.image[864..<1008]) != Array(buffers.image[1008..<1152]))
  }

  @Test("the names of a batch's records tell their lines")
  func names() throws {
    let folder = try ScratchFolder()
    let (_, tasks) = try run(loader(list(folder), .evaluation), 0)
    #expect(tasks.recordNames[1] == "\(folder.path)/training.csv:3: \(samples)grey.jpg")
  }

  @Test("an image found bad is reported at its line of the list, and spoils no other row")
  func badImages() throws {
    let folder = try ScratchFolder()
    let good = try readFile(samples + "grey.jpg")
    for (index, bytes) in [good, Array(good.dropLast(300)), []].enumerated() {
      try folder.write("\(index).jpg", bytes)
    }
    let file = try folder.write("t.csv", "image_path,report_content\n0.jpg,a\n1.jpg,b\n2.jpg,c\n")
    let loader = try loader(feeds().table(file, training: false), .evaluation)
    expectDiagnostic(.badData, "t.csv:3: error: image 1.jpg: truncated") { _ = try run(loader, 0) }
    try folder.write("1.jpg", good)
    expectDiagnostic(.badData, "t.csv:4: error: image 2.jpg: the image file is empty") { _ = try run(loader, 0) }
    unlink(folder.path + "/2.jpg")
    expectDiagnostic(.noInput, "t.csv:4: error: image 2.jpg: no such file") { _ = try run(loader, 0) }
    try folder.write("2.jpg", good)
    _ = try run(loader, 0)
  }

  @Test("a list shorter than a batch and a vocabulary larger than the model's are refused")
  func refusals() throws {
    let folder = try ScratchFolder()
    let list = try list(folder, count: 2)
    expectDiagnostic(.badData, "training.csv: error:", "2 records, fewer than the 3") { _ = try loader(list) }
    let small = Sizes(batch: 2, vocabulary: 20)
    expectDiagnostic(.badData, "tokenizer.json: error:", "more than the 20") {
      _ = try loader(list, sizes: small)
    }
  }

  @Test("the public records load, all of them")
  func publicRecords() throws {
    let file = sharedData + "record/training.csv"
    guard fileKind(file) == .file else {
      print("SKIPPED: the public records are not at ../shared/data")
      return
    }
    let sizes = Sizes(batch: 12, side: 64, length: 100, noise: 16, vocabulary: 30_000)
    let feeds = try FeedSet(sizes.feeds, tokenizer: sharedData + "mimic_wordpiece.json")
    let loader = try BatchLoader(
      feeds.table(file, training: true), feeds, batch: sizes.batch, mode: .evaluation, seed: 0)
    #expect(loader.batchesPerEpoch == 25)
    for batch in 0..<loader.batchesPerEpoch { _ = try run(loader, batch) }
  }
}
