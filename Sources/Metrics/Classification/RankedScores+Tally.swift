extension RankedScores {
  /// What one walk over the ranks counts.
  struct Tally {
    /// Twice the pairs in which the positive is ahead, plus the ties once.
    var twicePairs = 0
    /// Σ over distinct scores of the positives there, times the precision from there up.
    var precisions = 0.0
    var confusion = Confusion()

    var auroc: Double? {
      let pairs = confusion.positives * confusion.negatives
      return pairs == 0 ? nil : Double(twicePairs) / Double(2 * pairs)
    }

    var averagePrecision: Double? {
      confusion.positives == 0 ? nil : precisions / Double(confusion.positives)
    }
  }

  /// Counts every record once; the first `cut` scores are taken as positive in `confusion`.
  func tally(cut: Int = 0) -> Tally { tally(cut: cut) { _ in 1 } }

  /// Counts record r `counts[r]` times, as in a bootstrap sample.
  func tally(cut: Int, counts: UnsafeBufferPointer<UInt32>) -> Tally { tally(cut: cut) { Int(counts[$0]) } }

  @inline(__always)
  private func tally(cut: Int, count: (Int) -> Int) -> Tally {
    var result = Tally()
    var (hits, alarms, newHits, newAlarms) = (0, 0, 0, 0)
    entries.withUnsafeBufferPointer { entries in
      for index in entries.indices {
        if index == cut { result.confusion.flag(hits: hits + newHits, alarms: alarms + newAlarms) }
        let entry = entries[index]
        let times = count(Int(entry >> 2))
        let isPositive = Int(entry >> 1 & 1)
        newHits += times & -isPositive
        newAlarms += times & (isPositive - 1)
        if entry & 1 == 0 { continue }
        result.twicePairs += newAlarms * (2 * hits + newHits)
        hits += newHits
        alarms += newAlarms
        if newHits > 0 { result.precisions += Double(newHits) * (Double(hits) / Double(hits + alarms)) }
        (newHits, newAlarms) = (0, 0)
      }
    }
    if cut >= entries.count { result.confusion.flag(hits: hits, alarms: alarms) }
    result.confusion.close(positives: hits, negatives: alarms)
    return result
  }
}
