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
  /// Where the batch is written.
  public let buffers: FeedBuffers
  /// One slot a task, written by that task alone.
  private let failures: UnsafeMutablePointer<Diagnostic?>

  init(
    loader: BatchLoader, batch: Int, epoch: Int, records: [Int], realCount: Int, dropoutSeed: Int64,
    buffers: FeedBuffers
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

  /// Writes row `row` of the batch: what each feed reads of its record.
  public func runTask(_ row: Int) {
    let view = RecordView(
      table: loader.table, record: records[row], imageRecord: imageRecord(records[row]), seed: loader.seed,
      epoch: loader.mode == .training ? epoch : nil)
    do throws(Diagnostic) {
      for reader in loader.feeds.readers { try reader.write(view, row: row, to: buffers) }
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
    let column = loader.feeds.nameColumn
    return "\(loader.table.location(of: record))" + (column.map { ": " + loader.table.field(record, $0) } ?? "")
  }

  private func imageRecord(_ record: Int) -> Int { (record + loader.imageShift) % loader.table.count }
}
