/// A number, or a few, that say how good a model is, over all records of an evaluation and not a mean over batches.
public struct Metric: Hashable, Sendable {
  /// Its key in JSON and `log.jsonl`, and what `--keep-best` calls it.
  public var name: String
  /// What people read; the name unless given.
  public var label: String
  public var kind: Kind

  /// How it comes from results of `@evaluate`, which are named here.
  public enum Kind: Hashable, Sendable {
    /// The mean over records of a result `[B]`.
    case mean(of: String)
    /// Σ sum / Σ count over records, both results `[B]`; 0 where nothing is counted.
    case ratio(sum: String, count: String)
    /// A weighted sum of other metrics; those that are not there count 0.
    case combination([Term])
    /// The share of hidden tokens of a feed that are restored, Σ correct / Σ count, beside that of always guessing the most
    /// frequent one.
    case restoredTokens(correct: String, count: String, feed: String)
    /// AUROC, average precision, accuracy and F1 of scores `[B, C]` against the labels of a feed.
    case classification(scores: String, feed: String)
    /// R², mean absolute and root mean squared error of predictions `[B, C]` against the labels of a feed.
    case regression(predictions: String, feed: String)
  }

  /// A metric's share of a combination.
  public struct Term: Hashable, Sendable {
    public var metric: String
    public var weight: Double

    public init(_ metric: String, weight: Double = 1) {
      self.metric = metric
      self.weight = weight
    }
  }

  public init(_ name: String, label: String? = nil, _ kind: Kind) {
    self.name = name
    self.label = label ?? name
    self.kind = kind
  }

  /// The results of `@evaluate` that it reads.
  public var results: [String] {
    switch kind {
    case .mean(let result): [result]
    case .ratio(let sum, let count): [sum, count]
    case .combination: []
    case .restoredTokens(let correct, let count, _): [correct, count]
    case .classification(let scores, _): [scores]
    case .regression(let predictions, _): [predictions]
    }
  }

  /// The feed that it compares with.
  public var feed: String? {
    switch kind {
    case .mean, .ratio, .combination: nil
    case .restoredTokens(_, _, let feed), .classification(_, let feed), .regression(_, let feed): feed
    }
  }
}
