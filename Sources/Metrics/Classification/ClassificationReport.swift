import Support

/// How well each of C classes is recognised over N records, with bootstrap intervals.
///
/// One bootstrap sample serves all classes, so that the interval of the mean keeps what the classes have in common. A sample in
/// which a class has one label only counts neither for that class nor for the class's share in the mean.
public struct ClassificationReport: Sendable, Hashable {
  /// One class.
  public struct Row: Sendable, Hashable {
    /// The class as given.
    public let name: String
    /// Its known records by falling score: its ROC curve and the best threshold come from here.
    public let ranked: RankedScores
    /// Scores from here on count as positive.
    public let threshold: Float
    /// Counts at the threshold.
    public let confusion: Confusion
    /// Nil when its scores are no probabilities.
    public let calibration: Calibration?
    let estimates: [Estimate]

    /// Known records labelled 1.
    public var positives: Int { ranked.positives }
    /// Known records labelled 0.
    public var negatives: Int { ranked.negatives }
    /// A measure of the class with its interval. AUROC and average precision have no value when one label only is known.
    public subscript(measure: Measure) -> Estimate { estimates[measure.index] }
  }

  /// N, labels known or not.
  public let records: Int
  /// The classes as given.
  public let rows: [Row]
  /// Over all classes and known labels together; nil when scores are no probabilities.
  public let calibration: Calibration?
  /// Bootstrap samples drawn.
  public let replicates: Int
  /// Seed of the bootstrap samples.
  public let seed: UInt64
  private let means: [Estimate]

  /// The plain mean of a measure over the classes with both labels, those `leftOut` apart.
  public subscript(mean measure: Measure) -> Estimate { means[measure.index] }

  /// The classes of which one label only is known.
  public var leftOut: [String] { rows.filter(\.ranked.hasOneLabelOnly).map(\.name) }

  /// Measures `scores` `[N, C]` against `labels` `[N, C]`, both by rows; a label is 1, 0 or −1, not known. `thresholds` has one
  /// for each class; without it 0.5 is taken. No `replicates`, no intervals. The same numbers come with any number of threads.
  /// Errors are `badData` naming class and record: a score that is not a number, a label of another value, no records.
  public init(
    classes: [String], scores: [Float], labels: [Int8], thresholds: [Float]? = nil,
    replicates: Int = Bootstrap.standardReplicates, seed: UInt64 = 0, threads: Int = 1
  ) throws(Diagnostic) {
    let columns = classes.count
    precondition(columns > 0 && scores.count % columns == 0 && scores.count == labels.count)
    precondition(thresholds.map { $0.count == columns } ?? true, "one threshold for each class")
    if scores.isEmpty { throw Diagnostic(.badData, "there are no records to measure") }
    records = scores.count / columns
    let thresholds = thresholds ?? [Float](repeating: 0.5, count: columns)
    let ranked = try classes.enumerated().map { column, name throws(Diagnostic) in
      do throws(Diagnostic) {
        return try RankedScores(scores: scores, labels: labels, column: column, of: columns)
      } catch {
        throw Diagnostic(error.code, "class '\(name)': \(error.message)")
      }
    }
    let sampler = ReportSampler(ranked: ranked, thresholds: thresholds)
    let samples = Bootstrap.samples(records: records, replicates: replicates, seed: seed, threads: threads) {
      sampler.measures(counts: $0)
    }
    let whole = sampler.measures(counts: nil)
    let estimates = whole.indices.map { index in
      Estimate(whole[index], whole[index] == nil ? nil : Interval(samples.compactMap { $0[index] }))
    }
    let width = Measure.allCases.count
    rows = ranked.indices.map { column in
      let own = stride(from: column, to: scores.count, by: columns)
      return Row(
        name: classes[column], ranked: ranked[column], threshold: thresholds[column],
        confusion: ranked[column].confusion(at: thresholds[column]),
        calibration: Calibration(scores: own.map { scores[$0] }, labels: own.map { labels[$0] }),
        estimates: Array(estimates[column * width..<(column + 1) * width]))
    }
    means = Array(estimates[(columns * width)...])
    calibration = Calibration(scores: scores, labels: labels)
    self.replicates = max(0, replicates)
    self.seed = seed
  }
}
