/// A record as a feed reads it: its place in the list, and random numbers that depend on seed, epoch and record only.
struct RecordView: Sendable {
  let table: RecordTable
  /// The record, and the one whose image stands in for its own.
  let record: Int
  let imageRecord: Int
  let seed: UInt64
  /// nil: the fixed views of an evaluation.
  let epoch: Int?

  /// Random numbers for a purpose; `feed`: which of the feeds of one kind they are for.
  func stream(_ purpose: RandomPurpose, feed: Int = 0) -> RandomStream {
    // Evaluation draws from an epoch that training never reaches.
    RandomStream(
      seed: seed &+ UInt64(feed) &* 0x9E37_79B9_7F4A_7C15, purpose: purpose, epoch: epoch ?? Int(UInt32.max),
      index: record)
  }

  /// The part of the record's picture that is taken: the same draws for all of its pictures. Evaluation takes the centre.
  func crop(_ feed: ImageFeed, width: Int, height: Int) -> CropPlan {
    if epoch == nil { return CenterCrop(feed).plan(width: width, height: height) }
    var stream = stream(.crop)
    return RandomResizedCrop(feed).plan(width: width, height: height, stream: &stream)
  }
}
