import Glibc
import Records
import Support
import Testing

@Suite("Batches")
struct BatchLoaderTests {
  static let geometry = BatchGeometry(batch: 3, imageSize: 12, reportLength: 9, patches: 6, vocabulary: 500)

  /// Buffers filled with values that no batch holds.
  final class Buffers {
    let pointers: BatchBuffers
    private let geometry: BatchGeometry

    init(_ geometry: BatchGeometry) {
      func fill<T>(_ count: Int, _ value: T) -> UnsafeMutablePointer<T> {
        let pointer = UnsafeMutablePointer<T>.allocate(capacity: count)
        pointer.initialize(repeating: value, count: count)
        return pointer
      }
      let tokens = geometry.batch * geometry.reportLength
      pointers = BatchBuffers(
        image: fill(geometry.batch * geometry.channels * geometry.imageSize * geometry.imageSize, -99),
        noise: fill(geometry.batch * geometry.patches, -99), ids: fill(tokens, -99), labels: fill(tokens, -99),
        attentionMask: fill(tokens, -99))
      self.geometry = geometry
    }

    deinit {
      pointers.image.deallocate()
      pointers.noise.deallocate()
      for tokens in [pointers.ids, pointers.labels, pointers.attentionMask] { tokens.deallocate() }
    }

    private func array<T>(_ pointer: UnsafeMutablePointer<T>, _ count: Int) -> [T] {
      Array(UnsafeBufferPointer(start: pointer, count: geometry.batch * count))
    }

    var image: [Float] { array(pointers.image, geometry.channels * geometry.imageSize * geometry.imageSize) }
    var noise: [Float] { array(pointers.noise, geometry.patches) }
    var ids: [Int32] { array(pointers.ids, geometry.reportLength) }
    var labels: [Int32] { array(pointers.labels, geometry.reportLength) }
    var attentionMask: [Int32] { array(pointers.attentionMask, geometry.reportLength) }
  }

  private static let reports = [
    "There is no pleural effusion.", "Lungs clear", "", "pneumothorax", "Heart size normal; lungs clear.",
    "no \"pneumothorax\"\nthe heart", "café 12mm",
  ]

  /// A list of `count` records whose images are the samples.
  private func list(_ folder: ScratchFolder, count: Int = 7) throws -> TrainingList {
    let images = ["grey8.png", "grey.jpg", "rgb.jpg", "rgb8.png", "palette8.png", "png-named.jpg", "cmyk.jpg"]
    var text = "image_path,report_content\r\n"
    for index in 0..<count {
      let report = Self.reports[index % 7].split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"")
      text += "\(samples)\(images[index % 7]),\"\(report)\"\r\n"
    }
    return try TrainingList(path: folder.write("training.csv", text))
  }

  private func loader(
    _ list: TrainingList, _ mode: BatchLoader.Mode = .training, seed: UInt64 = 1, geometry: BatchGeometry = geometry
  ) throws -> BatchLoader {
    try BatchLoader(
      list: list, tokenizer: Tokenizer(path: samples + "tokenizer.json"), geometry: geometry, mode: mode, seed: seed)
  }

  private func run(_ loader: BatchLoader, _ batch: Int, order: [Int]? = nil) throws -> (Buffers, BatchTasks) {
    let buffers = Buffers(loader.geometry)
    let tasks = loader.prepare(batch: batch, into: buffers.pointers)
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
      let expected = try loader(list(folder)).tokenizer.encode(Self.reports[record], length: 9)
      #expect(Array(buffers.labels[row * 9..<row * 9 + 9]) == expected.ids)
      #expect(Array(buffers.attentionMask[row * 9..<row * 9 + 9]) == expected.attentionMask)
    }
    for position in buffers.ids.indices {
      #expect(buffers.ids[position] == 3 || buffers.ids[position] == buffers.labels[position])
    }
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
    let geometry = BatchGeometry(batch: 40, imageSize: 12, reportLength: 9, patches: 6, vocabulary: 500)
    let loader = try loader(list(folder, count: 40), geometry: geometry)
    let expected = try run(loader, 1).0
    let buffers = Buffers(geometry)
    let tasks = loader.prepare(batch: 1, into: buffers.pointers)
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
    let geometry = BatchGeometry(batch: 1, imageSize: 12, reportLength: 9, patches: 6, vocabulary: 500)
    let loader = try loader(list(folder, count: 1), geometry: geometry)
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
    let shifted = try BatchLoader(
      list: list, tokenizer: Tokenizer(path: samples + "tokenizer.json"), geometry: Self.geometry, mode: .evaluation,
      seed: 1, imageShift: 1)
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
    let loader = try loader(TrainingList(path: file), .evaluation)
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
    let small = BatchGeometry(batch: 2, imageSize: 12, reportLength: 9, patches: 6, vocabulary: 20)
    expectDiagnostic(.badData, "tokenizer.json: error:", "more than the 20") {
      _ = try loader(list, geometry: small)
    }
  }

  @Test("the public records load, all of them")
  func publicRecords() throws {
    let file = sharedData + "record/training.csv"
    guard fileKind(file) == .file else {
      print("SKIPPED: the public records are not at ../shared/data")
      return
    }
    let list = try TrainingList(path: file)
    let tokenizer = try Tokenizer(path: sharedData + "mimic_wordpiece.json")
    let geometry = BatchGeometry(batch: 12, imageSize: 64, reportLength: 100, patches: 16, vocabulary: 30_000)
    let loader = try BatchLoader(list: list, tokenizer: tokenizer, geometry: geometry, mode: .evaluation, seed: 0)
    #expect(loader.batchesPerEpoch == 25)
    for batch in 0..<loader.batchesPerEpoch { _ = try run(loader, batch) }
  }
}
