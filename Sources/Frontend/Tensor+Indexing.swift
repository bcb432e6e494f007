extension Tensor {
  /// Rows chosen by integers: `[B…, R, D…]` by `[B…, I…]` gives `[B…, I…, D…]`, with `batchDims` axes B….
  public func gather(_ indices: Tensor, batchDims: Int = 0, file: String = #fileID, line: Int = #line) -> Tensor {
    graph.emit(.gather(Gather(batchDims: batchDims)), [self, indices], at: SourceSite(file: file, line: line))
  }

  /// Zeros of `shape` to which each row of the tensor is added at its index: the adjoint of `gather`.
  public func scatterAdd(
    _ indices: Tensor, into shape: [Int], batchDims: Int = 0, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = SourceSite(file: file, line: line)
    guard graph.acceptable(shape, "scatter_add", site) else { return self }
    return graph.emit(
      .scatterAdd(ScatterAdd(batchDims: batchDims, shape: shape)), [self, indices],
      expecting: TensorType(element, shape), at: site)
  }

  /// The indices (i32) that sort the last axis in ascending order, stably.
  public func argsort(file: String = #fileID, line: Int = #line) -> Tensor {
    graph.emit(.argsort(Argsort()), [self], expecting: type.with(.i32), at: SourceSite(file: file, line: line))
  }

  /// The index (i32) of the largest element of the last axis, which disappears.
  public func argmax(file: String = #fileID, line: Int = #line) -> Tensor {
    let expected = TensorType(.i32, Array(shape.dropLast()))
    return graph.emit(.argmax(Argmax()), [self], expecting: expected, at: SourceSite(file: file, line: line))
  }

  /// A new last axis of `classes`, 1 where its index equals the element (an integer), else 0.
  public func oneHot(
    classes: Int, _ element: ElementType = .f32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    hits(classes: classes, file: file, line: line).converted(to: element, file: file, line: line)
  }

  /// A new last axis of `classes`, true where its index equals the element (an integer).
  public func hits(classes: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    let index = graph.iota(axis: -1, shape + [classes], element: element, file: file, line: line)
    return index.compared(.eq, repeated(classes, file: file, line: line), file: file, line: line)
  }
}
