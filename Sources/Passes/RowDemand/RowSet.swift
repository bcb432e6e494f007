import TensorIR

/// Some of an axis' rows, chosen by index for each element of the batch: `ids[batch…, K]` plus an offset, of `rows`.
struct RowSet: Hashable {
  /// Where the indices come from.
  enum Choice: Hashable {
    /// An integer tensor `[batch…, K]`.
    case value(ValueID)
    /// `order[…, from ..< to]` of an argsort: no two the same.
    case places(of: ValueID, from: Int, to: Int)
  }

  /// The choice without the axis it is applied to: rows of several tensors belong together if this is the same.
  struct Base: Hashable {
    var choice: Choice
    /// Sizes of the batch axes.
    var batch: [Int]
  }

  var base: Base
  /// K, the number of rows chosen.
  var count: Int
  /// What the indices surely lie in before the offset is added; nil if unknown.
  var range: Range<Int>?
  /// The size of the axis.
  var rows: Int
  /// What is added to the indices.
  var offset = 0

  var batch: [Int] { base.batch }

  /// Whether surely no row is chosen twice.
  var isDistinct: Bool {
    if case .places = base.choice { isInside } else { false }
  }

  /// Whether every index is that of a row, so that none is clamped.
  var isInside: Bool { range.map { $0.lowerBound + offset >= 0 && $0.upperBound + offset <= rows } ?? false }

  /// The same rows within an axis of `rows` where they stand `shift` further on; nil if one might fall outside.
  func shifted(by shift: Int, rows: Int) -> RowSet? {
    if !isInside { return nil }
    var result = self
    result.offset += shift
    result.rows = rows
    return result.isInside ? result : nil
  }
}

/// What a part of an axis stands for, for the rows that are chosen.
enum RowFactor: Hashable {
  /// The n-th batch axis of the choice. One of size 1 is left out.
  case batch(Int)
  /// The rows chosen from.
  case row
  /// Anything else, of that size, above 1.
  case other(Int)
}

/// Chosen rows of a tensor: which, and where in its shape their axis and the batch axes stand.
struct Rows: Hashable {
  var set: RowSet
  /// For each axis its factors, the outermost first.
  var axes: [[RowFactor]]

  init(_ set: RowSet, _ axes: [[RowFactor]]) {
    self.set = set
    self.axes = axes
  }

  func size(_ factor: RowFactor) -> Int {
    switch factor {
    case .batch(let index): set.batch[index]
    case .row: set.rows
    case .other(let size): size
    }
  }

  /// The shape of the whole tensor.
  var shape: [Int] { axes.map { $0.reduce(1) { $0 * size($1) } } }

  /// The shape of the chosen rows alone.
  var chosenShape: [Int] { axes.map { $0.reduce(1) { $0 * ($1 == .row ? set.count : size($1)) } } }

  /// Whether an axis holds neither rows nor batch.
  func isOther(_ axis: Int) -> Bool { axes[axis].allSatisfy { if case .other = $0 { true } else { false } } }

  /// The axis that holds the rows.
  var rowAxis: Int? { axes.firstIndex { $0.contains(.row) } }

  /// The batch axes of more than one element that stand in none of the axes.
  var missingBatch: [Int] {
    self.set.batch.indices.filter { index in set.batch[index] > 1 && !axes.joined().contains(.batch(index)) }
  }

  /// The factors of an axis of that size which holds neither rows nor batch.
  static func other(_ size: Int) -> [RowFactor] { size == 1 ? [] : [.other(size)] }

  /// The rows that a gather's operand, or a scatter's result, of that shape is read at.
  static func operand(_ set: RowSet, _ shape: [Int]) -> Rows {
    let depth = set.batch.count
    return Rows(
      set,
      shape.enumerated().map { axis, size in
        axis < depth ? (size == 1 ? [] : [.batch(axis)]) : axis == depth ? [.row] : other(size)
      })
  }
}
