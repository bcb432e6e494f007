extension Tensor {
  /// The same elements, row-major, under another shape; one size may be −1 and follows from the others.
  public func reshaped(_ shape: [Int], file: String = #fileID, line: Int = #line) -> Tensor {
    let site = SourceSite(file: file, line: line)
    var shape = shape
    let open = shape.indices.filter { shape[$0] == -1 }
    let known = Graph.elementCount(shape.filter { $0 != -1 }) ?? 0
    if open.count == 1, known > 0, type.count % known == 0 { shape[open[0]] = type.count / known }
    if shape == self.shape { return self }
    guard !shape.contains(where: { $0 < 1 }), Graph.elementCount(shape) != nil else {
      graph.fail("reshape: \(type) cannot become \(shape)", at: site)
      return self
    }
    return graph.emit(.reshape(Reshape(shape)), [self], expecting: TensorType(element, shape), at: site)
  }

  /// Result axis i is axis `permutation[i]`.
  public func transposed(_ permutation: [Int], file: String = #fileID, line: Int = #line) -> Tensor {
    if permutation == Array(0..<rank) { return self }
    return graph.emit(.transpose(Transpose(permutation)), [self], at: SourceSite(file: file, line: line))
  }

  /// The elements `range` of one axis, every `step`-th; negative axes count from the last.
  public func sliced(
    _ axis: Int, _ range: Range<Int>, step: Int = 1, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = SourceSite(file: file, line: line)
    let index = axis < 0 ? axis + rank : axis
    guard shape.indices.contains(index) else {
      graph.fail("slice: axis \(axis) is not an axis of \(type)", at: site)
      return self
    }
    if range == 0..<shape[index] && step == 1 { return self }
    var (start, limit, steps) = (shape.map { _ in 0 }, shape, shape.map { _ in 1 })
    start[index] = range.lowerBound
    limit[index] = range.upperBound
    steps[index] = step
    return graph.emit(.slice(Slice(start: start, limit: limit, step: steps)), [self], at: site)
  }

  /// The elements of one axis from `start` on.
  public func sliced(
    _ axis: Int, _ range: PartialRangeFrom<Int>, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let end = size(axis, file: file, line: line)
    return sliced(axis, min(range.lowerBound, end)..<end, file: file, line: line)
  }

  /// Element `index` of one axis, which disappears.
  public func selected(_ axis: Int, _ index: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    let part = sliced(axis, index..<(index + 1), file: file, line: line)
    var rest = part.shape
    let position = axis < 0 ? axis + rank : axis
    if rest.indices.contains(position) { rest.remove(at: position) }
    return part.reshaped(rest, file: file, line: line)
  }

  /// Zeros around the tensor: `low` before and `high` after each axis.
  public func padded(low: [Int], high: [Int], file: String = #fileID, line: Int = #line) -> Tensor {
    graph.emit(.pad(Pad(low: low, high: high)), [self], at: SourceSite(file: file, line: line))
  }
}

extension Tensor {
  /// The tensor and then others along one axis; negative axes count from the last.
  public func concatenated(with others: [Tensor], axis: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    if others.isEmpty { return self }
    let op = Concat(axis: axis < 0 ? axis + rank : axis)
    return graph.emit(.concat(op), [self] + others, at: SourceSite(file: file, line: line))
  }
}

/// Joins tensors along one axis; negative axes count from the last.
public func concatenated(
  _ first: Tensor, _ others: Tensor..., axis: Int, file: String = #fileID, line: Int = #line
) -> Tensor {
  first.concatenated(with: others, axis: axis, file: file, line: line)
}
