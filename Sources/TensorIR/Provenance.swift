/// Where a node comes from: kept through differentiation, fusion, kernels, profiles and error messages.
public struct Provenance: Hashable, Sendable {
  /// The layer path, such as `encoder.blocks.3.mlp.fc1`; empty if none.
  public var layer: String
  /// The line that built it, such as `Models/MRM.swift:88`; empty if none.
  public var source: String

  public init(layer: String = "", source: String = "") {
    self.layer = layer
    self.source = source
  }
}
