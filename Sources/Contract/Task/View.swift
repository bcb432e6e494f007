/// A picture of what a model does with records: what `show` draws.
public enum View: Hashable, Sendable {
  /// Masked input, restored picture and truth, with the report: the public code's figure.
  case reconstruction(Reconstruction)
  /// The records whose scores are most certain and wrong.
  case mistakes(Mistakes)

  /// The results of `@evaluate` a reconstruction is drawn from.
  public struct Reconstruction: Hashable, Sendable {
    /// The feed of the pictures.
    public var image: String
    /// The feed of the reports; nil: the model restores none.
    public var report: String?
    /// `[B, L, P]`: pixels of each patch as they are; nil: the model restores no pictures.
    public var target: String?
    /// `[B, L, P]`: the restored pixels.
    public var prediction: String?
    /// `[B, L]`: 1 on hidden patches.
    public var mask: String
    /// `[B, T]`, i32: the restored tokens.
    public var tokens: String?
    /// How many pixels of a restored picture along an edge become one in the figure.
    public var shrink: Int

    public init(
      image: String, report: String?, target: String?, prediction: String?, mask: String, tokens: String?, shrink: Int
    ) {
      self.image = image
      self.report = report
      self.target = target
      self.prediction = prediction
      self.mask = mask
      self.tokens = tokens
      self.shrink = shrink
    }
  }

  /// What a sheet of mistakes is drawn from.
  public struct Mistakes: Hashable, Sendable {
    /// The feed of the pictures.
    public var image: String
    /// The feed of the labels.
    public var labels: String
    /// The result of `@evaluate` that holds the scores, `[B, C]` in 0 to 1.
    public var scores: String

    public init(image: String, labels: String, scores: String) {
      self.image = image
      self.labels = labels
      self.scores = scores
    }
  }
}
