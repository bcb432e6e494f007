/// A part of a list's records for learning curves: smaller parts lie within larger ones, and a class that the list has is in
/// the smallest part that has room for it.
public struct Fraction: Sendable, Hashable {
  /// The share of the records, above 0 and at most 1.
  public var share: Double
  /// Decides the records; the same for all runs that are compared.
  public var seed: UInt64

  public init(_ share: Double, seed: UInt64 = 0) {
    self.share = share
    self.seed = seed
  }

  /// `usage` unless the share is above 0 and at most 1.
  public func validate() throws(Diagnostic) {
    if !(share > 0 && share <= 1) {
      throw Diagnostic(.usage, "--fraction \(share.significant(6)): expected more than 0 and at most 1")
    }
  }

  /// The first ⌈share · N⌉ records of a seeded order, as the list orders them: first of each class a record that has it,
  /// class by class, then all others.
  public func records(of table: RecordTable, _ feeds: FeedSet) throws(Diagnostic) -> RecordTable {
    try validate()
    let count = min(table.count, Int((share * Double(table.count)).rounded(.up)))
    if count == table.count { return table }
    return table.selecting(try order(table, feeds).prefix(count).sorted())
  }

  private func order(_ table: RecordTable, _ feeds: FeedSet) throws(Diagnostic) -> [Int] {
    let permutation = EpochOrder.permutation(count: table.count, seed: seed, epoch: 0, purpose: .subset)
    var taken = [Bool](repeating: false, count: table.count)
    var order: [Int] = []
    for case let reader as LabelReader in feeds.readers where reader.feed.kind != .real {
      var first = [Int?](repeating: nil, count: reader.feed.columns.count)
      for record in permutation.lazy.map(Int.init) {
        for label in try reader.positives(table, record) where first[label] == nil { first[label] = record }
      }
      for case let record? in first where !taken[record] {
        taken[record] = true
        order.append(record)
      }
    }
    return order + permutation.lazy.map(Int.init).filter { !taken[$0] }
  }
}
