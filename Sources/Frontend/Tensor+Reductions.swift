extension Tensor {
  /// The sum over `axes` (all unless given), which disappear, or stay with size 1 if `keep`.
  public func sum(_ axes: [Int]? = nil, keep: Bool = false, file: String = #fileID, line: Int = #line) -> Tensor {
    reduced(.sum, axes, keep, SourceSite(file: file, line: line))
  }

  /// The mean over `axes` (all unless given), which disappear, or stay with size 1 if `keep`.
  public func mean(_ axes: [Int]? = nil, keep: Bool = false, file: String = #fileID, line: Int = #line) -> Tensor {
    let site = SourceSite(file: file, line: line)
    if !element.isFloat { graph.fail("mean: of \(type); convert it to a float first", at: site) }
    let total = reduced(.sum, axes, keep, site)
    return total.combined(.mul, total.filled(Double(total.type.count) / Double(type.count), site), site)
  }

  /// The maximum over `axes` (all unless given), which disappear, or stay with size 1 if `keep`.
  public func max(_ axes: [Int]? = nil, keep: Bool = false, file: String = #fileID, line: Int = #line) -> Tensor {
    reduced(.max, axes, keep, SourceSite(file: file, line: line))
  }

  /// exp(x − max x) / Σ exp(x − max x) along the last axis.
  public func softmax(file: String = #fileID, line: Int = #line) -> Tensor {
    graph.emit(.softmax(Softmax()), [self], at: SourceSite(file: file, line: line))
  }

  /// log Σ exp(x) along the last axis, which disappears.
  public func logSumExp(file: String = #fileID, line: Int = #line) -> Tensor {
    let expected = TensorType(element, Array(shape.dropLast()))
    return graph.emit(.logSumExp(LogSumExp()), [self], expecting: expected, at: SourceSite(file: file, line: line))
  }

  private func reduced(_ kind: Reduce.Kind, _ axes: [Int]?, _ keep: Bool, _ site: SourceSite) -> Tensor {
    let axes = axes.map(normalized) ?? Array(0..<rank)
    if axes.isEmpty { return self }
    let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    let gone = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    let result = graph.emit(
      .reduce(Reduce(kind, axes: axes)), [self], expecting: TensorType(element, gone), at: site)
    return keep ? result.reshaped(kept, file: site.file, line: site.line) : result
  }

  /// The mean of the elements where `condition`, of the same shape, is true or not 0; 0 where it is nowhere.
  public func mean(where condition: Tensor, file: String = #fileID, line: Int = #line) -> Tensor {
    graph.pinned(at: SourceSite(file: file, line: line)) {
      let counted = condition.converted(to: element)
      return (self * counted).sum() / counted.sum().maximum(1)
    }
  }
}
