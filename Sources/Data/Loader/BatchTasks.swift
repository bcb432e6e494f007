import Support

/// The tasks of one micro-batch. Any thread may run any task, each once; they share nothing that changes.
public final class BatchTasks: @unchecked Sendable {
  /// The micro-batch, counted over all epochs.
  public let batch: Int
  public let epoch: Int
  /// The record of the list in each row of the batch.
  public let records: [Int]
  /// Rows before those that only fill up the last batch of an evaluation.
  public let realCount: Int
  /// The seed of this micro-batch's dropout: not negative.
  public let dropoutSeed: Int64
  private let loader: BatchLoader
  private let buffers: BatchBuffers
  /// One slot a task, written by that task alone.
  private let failures: UnsafeMutablePointer<Diagnostic?>

  init(
    loader: BatchLoader, batch: Int, epoch: Int, records: [Int], realCount: Int, dropoutSeed: Int64,
    buffers: BatchBuffers
  ) {
    self.loader = loader
    self.batch = batch
    self.epoch = epoch
    self.records = records
    self.realCount = realCount
    self.dropoutSeed = dropoutSeed
    self.buffers = buffers
    failures = .allocate(capacity: records.count)
    failures.initialize(repeating: nil, count: records.count)
  }

  deinit {
    failures.deinitialize(count: records.count)
    failures.deallocate()
  }

  /// One task a record.
  public var taskCount: Int { records.count }

  /// Writes row `row` of the batch: image, noise, ids, labels, attention mask.
  public func runTask(_ row: Int) {
    writeNoise(row)
    writeReport(row)
    do throws(Diagnostic) {
      try writeImage(row)
    } catch {
      failures[row] = error
    }
  }

  /// Call when all tasks have run: throws the failure of the first row that has one, at its line of the list.
  public func check() throws(Diagnostic) {
    for row in records.indices {
      if let failure = failures[row] { throw failure }
    }
  }

  /// The records of the batch in words, for reports: `training.csv:12: images/a.jpg`.
  public var recordNames: [String] { records.map(name) }

  /// The same of the records whose images they have.
  public var imageNames: [String] { records.map { name(imageRecord($0)) } }

  private func name(_ record: Int) -> String {
    "\(loader.list.location(of: record)): \(loader.list[record].imagePath)"
  }

  private func imageRecord(_ record: Int) -> Int { (record + loader.imageShift) % loader.list.count }

  private func stream(_ row: Int, _ purpose: RandomPurpose) -> RandomStream {
    // Evaluation draws from an epoch that training never reaches.
    let epoch = loader.mode == .training ? self.epoch : Int(UInt32.max)
    return RandomStream(seed: loader.seed, purpose: purpose, epoch: epoch, index: records[row])
  }

  private func writeNoise(_ row: Int) {
    var stream = stream(row, .imageNoise)
    let patches = loader.geometry.patches
    for patch in 0..<patches { buffers.noise[row * patches + patch] = stream.nextFloat() }
  }

  private func writeReport(_ row: Int) {
    let length = loader.geometry.reportLength
    let tokenizer = loader.tokenizer
    let report = tokenizer.encode(loader.list[records[row]].report, length: length)
    var stream = stream(row, .reportMask)
    let masked = loader.masking.apply(report, padID: tokenizer.padID, maskID: tokenizer.maskID, stream: &stream)
    for position in 0..<length {
      buffers.ids[row * length + position] = masked[position]
      buffers.labels[row * length + position] = report.ids[position]
      buffers.attentionMask[row * length + position] = position < report.count ? 1 : 0
    }
  }

  private func writeImage(_ row: Int) throws(Diagnostic) {
    let record = imageRecord(records[row])
    do throws(Diagnostic) {
      let file = loader.list.imageFile(of: record)
      let bytes = try readFile(file)
      let image = try DecodedImage(bytes: bytes, file: file)
      try image.write(
        cropPlan(row, width: image.width, height: image.height), planes: loader.geometry.channels,
        normalization: loader.normalization,
        to: buffers.image + row * loader.geometry.imageElements)
    } catch {
      throw Diagnostic(
        error.code, at: loader.list.location(of: record),
        "image \(loader.list[record].imagePath): \(error.message); replace the file or remove this line",
        notes: error.notes)
    }
  }

  private func cropPlan(_ row: Int, width: Int, height: Int) -> CropPlan {
    switch loader.mode {
    case .evaluation:
      return CenterCrop(size: loader.geometry.imageSize).plan(width: width, height: height)
    case .training:
      var stream = stream(row, .crop)
      return RandomResizedCrop(size: loader.geometry.imageSize)
        .plan(width: width, height: height, stream: &stream)
    }
  }
}
