/// Names one value of a function: an argument or one result of a node.
public struct ValueID: Hashable, Sendable, Comparable {
  public let index: Int
  public init(_ index: Int) { self.index = index }
  public static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }
}

/// One operation applied to values; its results are values of their own.
public struct Node: Hashable, Sendable {
  public var op: Op
  public var operands: [ValueID]
  public var results: [ValueID]
  public var provenance: Provenance

  public init(op: Op, operands: [ValueID], results: [ValueID], provenance: Provenance) {
    self.op = op
    self.operands = operands
    self.results = results
    self.provenance = provenance
  }

  /// The only result of a node that has one.
  public var result: ValueID { results[0] }
}
