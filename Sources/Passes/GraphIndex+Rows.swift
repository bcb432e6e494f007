import TensorIR

/// Values that are the same along rows or columns, and views that keep rows whole.
extension GraphIndex {
  /// What a chain of reshapes starts from.
  func base(_ value: ValueID) -> ValueID {
    var value = value
    while let node = definition(value)?.node, case .reshape = node.op { value = node.operands[0] }
    return value
  }

  /// The values from `value` down to `base`, both included.
  func views(between value: ValueID, _ base: ValueID) -> [ValueID] {
    var list = [value]
    while list.last! != base, let node = definition(list.last!)?.node { list.append(node.operands[0]) }
    return list
  }

  /// The nodes that read a value directly or reshaped, ascending. Fails where one is a result or cuts rows up.
  func readersThroughViews(_ value: ValueID, keepingLast size: Int) throws(LinearCrossEntropyMatcher.Failure) -> [Int] {
    var result: [Int] = []
    var stack = [value]
    while let value = stack.popLast() {
      if isKept(value) { throw .init(reason: "\(Printer.name(value, in: function)) is a result") }
      if function.type(of: value).shape.last != size { throw .init(reason: "the rows are cut up") }
      for reader in readers(value) {
        if case .reshape = function.nodes[reader].op {
          stack.append(function.nodes[reader].result)
        } else if result.last != reader {
          result.append(reader)
        }
      }
    }
    return result.sorted()
  }

  /// The vector that a value repeats in every row.
  func columnVector(_ value: ValueID) -> ValueID? {
    guard let node = definition(value)?.node, case .broadcast(let op) = node.op, op.axes == [op.shape.count - 1],
      function.type(of: node.operands[0]).shape == [op.shape.last!]
    else { return nil }
    return node.operands[0]
  }

  /// What a value is in all columns, if they are the same.
  func rowFactor(alongRows value: ValueID) -> LinearCrossEntropyMatch.RowFactor? {
    if let number = splat(value) { return .splat(number) }
    guard let node = definition(value)?.node, case .broadcast(let op) = node.op else { return nil }
    if function.type(of: node.operands[0]).rank == 0 { return .scalar(node.operands[0]) }
    guard op.axes == Array(0..<(op.shape.count - 1)),
      function.type(of: node.operands[0]).shape == Array(op.shape.dropLast())
    else { return nil }
    return rowFactor(node.operands[0])
  }

  /// A value of one element per row, seen as simply as it is.
  func rowFactor(_ rows: ValueID) -> LinearCrossEntropyMatch.RowFactor {
    if let number = splat(rows) { return .splat(number) }
    if let node = definition(rows)?.node, case .broadcast = node.op, function.type(of: node.operands[0]).rank == 0 {
      return .scalar(node.operands[0])
    }
    return .rows(rows)
  }

  /// Whether a value is minus a factor in every column.
  func isNegative(_ value: ValueID, of factor: LinearCrossEntropyMatch.RowFactor) -> Bool {
    guard let other = rowFactor(alongRows: value) else { return false }
    switch (other, factor) {
    case (.splat(let a), .splat(let b)): return a == -b
    case (.splat, _): return false
    case (.scalar(let inner), _), (.rows(let inner), _):
      guard let node = definition(inner)?.node, node.op == .unary(Unary(.neg)) else { return false }
      let positive = node.operands[0]
      return (function.type(of: positive).rank == 0 ? .scalar(positive) : rowFactor(positive)) == factor
    }
  }
}
