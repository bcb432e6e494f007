import Support
import Synchronization

/// Cuts a list of records into batches, and each batch into one task a record. There is no thread here: the caller's
/// workers run the tasks when they have nothing better to do.
///
/// A batch depends on (list, tokenizer, geometry, mode, seed, batch index) only: a run that resumes at a batch needs no
/// other state.
public final class BatchLoader: Sendable {
  public enum Mode: Sendable, Hashable {
    /// Random crops, flips and masks, anew in each epoch; random order; an incomplete last batch is dropped.
    case training
    /// Centre crops, masks that depend on the seed and the record, the order of the list; the last batch is filled up
    /// with records from the start of the list.
    case evaluation
  }

  public let list: TrainingList
  public let tokenizer: Tokenizer
  public let geometry: BatchGeometry
  public let mode: Mode
  public let seed: UInt64
  public let normalization: ImageNormalization
  public let masking: ReportMasking
  /// How many records further in the list the image of a record's row is taken from; its report stays.
  public let imageShift: Int
  /// The order of the epoch asked for last.
  private let order = Mutex<(epoch: Int, records: [Int32])>((-1, []))

  /// `badData` when the tokenizer has more ids than the model, or a training list fewer records than a batch.
  public init(
    list: TrainingList, tokenizer: Tokenizer, geometry: BatchGeometry, mode: Mode, seed: UInt64,
    normalization: ImageNormalization = .mimic, masking: ReportMasking = ReportMasking(), imageShift: Int = 0
  ) throws(Diagnostic) {
    try tokenizer.check(vocabulary: geometry.vocabulary)
    if mode == .training, list.count < geometry.batch {
      throw Diagnostic(
        .badData, at: SourceLocation(file: list.file),
        "lists \(list.count) records, fewer than the \(geometry.batch) of one batch; add records, or build with a smaller --batch"
      )
    }
    self.list = list
    self.tokenizer = tokenizer
    self.geometry = geometry
    self.mode = mode
    self.seed = seed
    self.normalization = normalization
    self.masking = masking
    self.imageShift = imageShift
  }

  /// Micro-batches in one pass over the list.
  public var batchesPerEpoch: Int {
    switch mode {
    case .training: list.count / geometry.batch
    case .evaluation: (list.count + geometry.batch - 1) / geometry.batch
    }
  }

  /// The tasks that write micro-batch `batch` (counted from 0 over all epochs) to `buffers`.
  public func prepare(batch: Int, into buffers: BatchBuffers) -> BatchTasks {
    let epoch = batch / batchesPerEpoch
    let start = batch % batchesPerEpoch * geometry.batch
    let records: [Int]
    switch mode {
    case .training:
      records = order.withLock { order in
        if order.epoch != epoch {
          order = (epoch, EpochOrder.permutation(count: list.count, seed: seed, epoch: epoch))
        }
        return order.records[start..<start + geometry.batch].map { Int($0) }
      }
    case .evaluation:
      records = (start..<start + geometry.batch).map { $0 % list.count }
    }
    var stream = RandomStream(seed: seed, purpose: .dropout, epoch: 0, index: batch)
    let dropoutSeed = Int64(stream.nextWord() >> 1) << 32 | Int64(stream.nextWord())
    return BatchTasks(
      loader: self, batch: batch, epoch: epoch, records: records,
      realCount: min(geometry.batch, list.count - start), dropoutSeed: dropoutSeed, buffers: buffers)
  }
}
