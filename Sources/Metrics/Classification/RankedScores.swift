import Support

/// The scores of one class in falling order, ready for everything that depends on the order alone: sorted once, it is counted
/// again for each bootstrap sample in one walk.
public struct RankedScores: Sendable, Hashable {
  /// Known records labelled 1.
  public let positives: Int
  /// Known records labelled 0.
  public let negatives: Int
  /// The known records' scores, falling.
  public let scores: [Float]
  /// For each of `scores`: its record · 4, + 2 when that is positive, + 1 when the next score is another.
  let entries: [UInt32]

  /// Ranks one column of `scores` and `labels`, both `[N, columns]` by rows. A label is 1, 0 or −1: not known, and left out.
  /// Scores that are equal as `Float`s are ties. A score that is not a number, or another label: `badData` with its record,
  /// counted from 0.
  public init(scores: [Float], labels: [Int8], column: Int = 0, of columns: Int = 1) throws(Diagnostic) {
    precondition(scores.count == labels.count && (0..<columns).contains(column) && scores.count % columns == 0)
    let records = scores.count / columns
    precondition(records < 1 << 30, "more records than 30 bits count")
    var keys: [UInt64] = []
    keys.reserveCapacity(records)
    var positives = 0
    for record in 0..<records {
      let label = labels[record * columns + column]
      if label == -1 { continue }
      guard label == 0 || label == 1 else {
        throw Diagnostic(.badData, "the label of record \(record) is \(label), expected 0, 1 or -1 for not known")
      }
      let score = scores[record * columns + column]
      if score.isNaN { throw Diagnostic(.badData, "the score of record \(record) is not a number") }
      positives += Int(label)
      keys.append(UInt64(Self.fallingKey(score)) << 32 | UInt64(record) << 1 | UInt64(label))
    }
    keys.sort()
    self.positives = positives
    negatives = keys.count - positives
    self.scores = keys.map { scores[(Int($0 & 0xFFFF_FFFF) >> 1) * columns + column] }
    entries = keys.indices.map { index in
      let isLast = index + 1 == keys.count || keys[index] >> 32 != keys[index + 1] >> 32
      return UInt32(truncatingIfNeeded: keys[index]) << 1 | (isLast ? 1 : 0)
    }
  }

  /// Whether one label only is known, so that no curve and no area is defined.
  public var hasOneLabelOnly: Bool { positives == 0 || negatives == 0 }

  /// How many scores are at or above the threshold.
  func count(atOrAbove threshold: Float) -> Int {
    var (low, high) = (0, scores.count)
    while low < high {
      let middle = (low + high) / 2
      if scores[middle] >= threshold { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// A key that rises as the score falls; equal for equal scores, so for both zeros.
  private static func fallingKey(_ score: Float) -> UInt32 {
    let bits = (score + 0).bitPattern
    return bits >> 31 == 0 ? ~(bits | 1 << 31) : bits
  }
}
