/// Numbers of a list's columns: f32 `[B, C]`, or i32 `[B]` for the index of a class.
public struct LabelFeed: Hashable, Sendable {
  /// Name of the feed's only tensor.
  public static let values = "values"

  /// What the numbers mean.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// C findings, each 0 or 1.
    case multiLabel = "multi_label"
    /// One of C classes: the column that is 1, or one column that holds the class's name or index.
    case classIndex = "class_index"
    /// C real numbers.
    case real

    var summary: String {
      switch self {
      case .multiLabel: "findings"
      case .classIndex: "one of the classes"
      case .real: "numbers"
      }
    }
  }

  /// What a blank field means.
  public enum Missing: String, Hashable, Sendable, CaseIterable {
    /// The value −1: the loss leaves it out.
    case ignored
    case zero
    case one
  }

  /// The columns, in the order of the model's scores: names of findings or classes.
  public var columns: [String]
  public var kind: Kind
  public var missing: Missing

  public init(columns: [String], kind: Kind = .multiLabel, missing: Missing = .zero) {
    self.columns = columns
    self.kind = kind
    self.missing = missing
  }
}
