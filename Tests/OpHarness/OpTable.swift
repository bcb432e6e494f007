/// Every operation, in shapes that find mistakes: sizes of 1, odd sizes, repeated indices, all flags.
public enum OpTable {
  public static let rows: [OpRow] =
    elementwise + shapes + axes + products + wideProducts + narrowProducts + indexing + composites + attention
    + crossEntropy + large

  /// The rows whose gradients finite differences can check.
  public static let differentiableRows: [OpRow] = rows.filter(\.differentiable)
}
