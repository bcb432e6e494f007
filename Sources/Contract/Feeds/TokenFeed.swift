/// Texts as WordPiece ids, each `[B, T]`, i32.
public struct TokenFeed: Hashable, Sendable {
  /// The ids, some of them masked.
  public static let ids = "ids"
  /// The ids before masking.
  public static let labels = "labels"
  /// 1 on tokens, 0 on padding.
  public static let mask = "attention_mask"

  /// The column of the list that holds the text.
  public var column: String
  /// T: tokens of a text, `[CLS]` and padding counted.
  public var length: Int
  /// V: ids are 0 ..< V.
  public var vocabulary: Int
  /// The probability that a word is hidden.
  public var masking: Double

  public init(column: String = "report_content", length: Int, vocabulary: Int, masking: Double = 0.5) {
    self.column = column
    self.length = length
    self.vocabulary = vocabulary
    self.masking = masking
  }
}
