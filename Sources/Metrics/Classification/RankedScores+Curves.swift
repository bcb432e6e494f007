/// A corner of a ROC curve: the rates when scores from `threshold` on count as positive.
public struct ROCPoint: Sendable, Hashable {
  /// Share of the negatives taken for positive.
  public var falsePositiveRate: Double
  /// Share of the positives found.
  public var truePositiveRate: Double
  /// Infinite at (0, 0), where nothing counts as positive.
  public var threshold: Float

  public init(falsePositiveRate: Double, truePositiveRate: Double, threshold: Float) {
    self.falsePositiveRate = falsePositiveRate
    self.truePositiveRate = truePositiveRate
    self.threshold = threshold
  }
}

extension RankedScores {
  /// Area under the ROC curve: the share of pairs of a positive and a negative in which the positive scores higher, a tie
  /// counting one half. Integers up to the one division. Nil when one label only is known.
  public var auroc: Double? { tally().auroc }

  /// Average precision, Σ (Rₙ − Rₙ₋₁) Pₙ over the distinct scores from the highest, R the recall and P the precision there.
  /// Nil without a positive; 1 without a negative.
  public var averagePrecision: Double? { tally().averagePrecision }

  /// Counts of right and wrong decisions when scores at or above the threshold count as positive.
  public func confusion(at threshold: Float) -> Confusion { tally(cut: count(atOrAbove: threshold)).confusion }

  /// The score that as a threshold gives the greatest F1; of several the largest. Nil without a positive.
  public var bestF1Threshold: Float? {
    var best: (hits: Int, size: Int, threshold: Float)?
    eachThreshold { index, hits, alarms in
      let size = hits + alarms + positives
      // F1 = 2 · hits / size, compared without rounding.
      if hits > 0, best.map({ hits * $0.size > $0.hits * size }) ?? true { best = (hits, size, scores[index]) }
    }
    return best?.threshold
  }

  /// The ROC curve from (0, 0) to (1, 1), one point per distinct score. Nil when one label only is known.
  public var rocCurve: [ROCPoint]? {
    if hasOneLabelOnly { return nil }
    var points = [ROCPoint(falsePositiveRate: 0, truePositiveRate: 0, threshold: .infinity)]
    eachThreshold { index, hits, alarms in
      points.append(
        ROCPoint(
          falsePositiveRate: Double(alarms) / Double(negatives), truePositiveRate: Double(hits) / Double(positives),
          threshold: scores[index]))
    }
    return points
  }

  /// Calls `body` for each distinct score, falling, with the last place that holds it and the positives (hits) and negatives
  /// (false alarms) at or above it.
  private func eachThreshold(_ body: (_ index: Int, _ hits: Int, _ alarms: Int) -> Void) {
    var (hits, alarms) = (0, 0)
    for (index, entry) in entries.enumerated() {
      if entry & 2 != 0 { hits += 1 } else { alarms += 1 }
      if entry & 1 != 0 { body(index, hits, alarms) }
    }
  }
}
