/// What a pass did, or why it did not: a line of `--remarks`.
public struct Remark: Hashable, Sendable, CustomStringConvertible {
  public let pass: String
  public let function: String
  /// The layer path of the node it is about; empty if unknown.
  public let layer: String
  /// Whether the rewrite happened.
  public let fired: Bool
  public let message: String

  /// `fold: @loss encoder.mask: …` or `fold: missed: @loss …`.
  public var description: String {
    "\(pass): \(fired ? "" : "missed: ")@\(function)\(layer.isEmpty ? "" : " " + layer): \(message)"
  }
}
