import Synchronization

/// Cuts a list of records into batches, and each batch into one task a record. There is no thread here: the caller's
/// workers run the tasks when they have nothing better to do.
///
/// A batch depends on (list, feeds, batch size, mode, seed, batch index) only: a run that resumes at a batch needs no
/// other state.
public final class BatchLoader: Sendable {
  /// How records become batches.
  public enum Mode: Sendable, Hashable {
    /// Random crops, flips and masks, anew in each epoch; random order; an incomplete last batch is dropped.
    case training
    /// Centre crops, masks that depend on the seed and the record, the order of the list; the last batch is filled up
    /// with records from the start of the list.
    case evaluation
  }

  public let table: RecordTable
  public let feeds: FeedSet
  /// B: records of a batch.
  public let batch: Int
  public let mode: Mode
  public let seed: UInt64
  /// How many records further in the list the image of a record's row is taken from; the rest stays.
  public let imageShift: Int
  /// The order of the epoch asked for last.
  private let order = Mutex<(epoch: Int, records: [Int32])>((-1, []))

  /// `badData` when a training list has fewer records than a batch.
  public init(
    _ table: RecordTable, _ feeds: FeedSet, batch: Int, mode: Mode, seed: UInt64, imageShift: Int = 0
  ) throws(Diagnostic) {
    if mode == .training, table.count < batch {
      throw Diagnostic(
        .badData, at: SourceLocation(file: table.file),
        "lists \(table.count) records, fewer than the \(batch) of one batch; add records, or build with a smaller --batch"
      )
    }
    self.table = table
    self.feeds = feeds
    self.batch = batch
    self.mode = mode
    self.seed = seed
    self.imageShift = imageShift
  }

  /// Micro-batches in one pass over the list.
  public var batchesPerEpoch: Int {
    switch mode {
    case .training: table.count / batch
    case .evaluation: (table.count + batch - 1) / batch
    }
  }

  /// The tasks that write micro-batch `number` (counted from 0 over all epochs) to `buffers`.
  public func prepare(batch number: Int, into buffers: FeedBuffers) -> BatchTasks {
    let epoch = number / batchesPerEpoch
    let start = number % batchesPerEpoch * batch
    let records: [Int]
    switch mode {
    case .training:
      records = order.withLock { order in
        if order.epoch != epoch {
          order = (epoch, EpochOrder.permutation(count: table.count, seed: seed, epoch: epoch))
        }
        return order.records[start..<start + batch].map { Int($0) }
      }
    case .evaluation:
      records = (start..<start + batch).map { $0 % table.count }
    }
    var stream = RandomStream(seed: seed, purpose: .dropout, epoch: 0, index: number)
    let dropoutSeed = Int64(stream.nextWord() >> 1) << 32 | Int64(stream.nextWord())
    return BatchTasks(
      loader: self, batch: number, epoch: epoch, records: records, realCount: min(batch, table.count - start),
      dropoutSeed: dropoutSeed, buffers: buffers)
  }
}
