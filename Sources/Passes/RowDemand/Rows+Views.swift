import TensorIR

/// How chosen rows stand in a tensor after it is viewed differently.
extension Rows {
  /// The same elements in row-major order under another shape; nil if an axis would hold a part of the rows or batch.
  func reshaped(to shape: [Int]) -> Rows? {
    var rest = axes.joined().reversed() as [RowFactor]
    var result: [[RowFactor]] = []
    for size in shape {
      var axis: [RowFactor] = []
      var product = 1
      while product < size {
        guard let factor = rest.popLast() else { return nil }
        let part = self.size(factor)
        if size % (product * part) == 0 {
          axis.append(factor)
          product *= part
        } else if case .other = factor, size % product == 0, part % (size / product) == 0 {
          axis.append(.other(size / product))
          rest.append(.other(part / (size / product)))
          product = size
        } else {
          return nil
        }
      }
      result.append(Self.joined(axis))
    }
    return rest.isEmpty ? Rows(set, result) : nil
  }

  /// Neighbours that mean nothing are one.
  private static func joined(_ axis: [RowFactor]) -> [RowFactor] {
    var result: [RowFactor] = []
    for factor in axis {
      if case .other(let size) = factor, case .other(let before)? = result.last {
        result[result.count - 1] = .other(before * size)
      } else {
        result.append(factor)
      }
    }
    return result
  }

  /// Result axis i is axis `op.permutation[i]`.
  func transposed(_ op: Transpose) -> Rows { Rows(set, op.permutation.map { axes[$0] }) }

  /// These rows of a tensor as rows of what it is broadcast to.
  func broadcast(_ op: Broadcast) -> Rows {
    var result = op.shape.map { Self.other($0) }
    for (axis, place) in op.axes.enumerated() where !axes[axis].isEmpty { result[place] = axes[axis] }
    return Rows(set, result)
  }

  /// These rows of a broadcast as what they leave of its operand of that shape: perhaps without rows or batch.
  func beforeBroadcast(_ op: Broadcast, _ shape: [Int]) -> Rows {
    Rows(set, op.axes.enumerated().map { axis, place in shape[axis] == op.shape[place] ? axes[place] : [] })
  }

  /// These rows without some axes.
  func removing(_ removed: [Int]) -> Rows {
    Rows(set, axes.indices.filter { !removed.contains($0) }.map { axes[$0] })
  }

  /// These rows of a reduction as rows of its operand of that shape.
  func beforeReduction(_ removed: [Int], _ shape: [Int]) -> Rows {
    var kept = axes.makeIterator()
    return Rows(set, shape.enumerated().map { removed.contains($0) ? Self.other($1) : kept.next()! })
  }

  /// Rows of a tensor of `shape`, where it relates to this one by a box: `start(axis)` of this is the first of that one.
  /// Axes of rows or batch must be whole; only a bare row axis may be shifted.
  func moved(to shape: [Int], by shift: (Int) -> Int, isWhole: (Int) -> Bool, canShift: (Int) -> Bool) -> Rows? {
    var result = self
    for axis in axes.indices {
      if isOther(axis) {
        result.axes[axis] = Self.other(shape[axis])
      } else if !isWhole(axis) {
        guard axes[axis] == [.row], canShift(axis), let set = set.shifted(by: shift(axis), rows: shape[axis]) else {
          return nil
        }
        result.set = set
      }
    }
    return result
  }
}
