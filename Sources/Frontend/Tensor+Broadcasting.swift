extension Tensor {
  /// Repeats the tensor to `shape`, axes matched from the last, as in NumPy: missing axes and axes of size 1 repeat.
  public func broadcast(to shape: [Int], file: String = #fileID, line: Int = #line) -> Tensor {
    broadcast(to: shape, axes: Array(shape.indices.suffix(rank)), file: file, line: line)
  }

  /// Repeats the tensor to `shape`: its axis i becomes axis `axes[i]`, ascending.
  public func broadcast(to shape: [Int], axes: [Int], file: String = #fileID, line: Int = #line) -> Tensor {
    let site = SourceSite(file: file, line: line)
    if shape == self.shape && axes == Array(0..<rank) { return self }
    guard graph.acceptable(shape, "broadcast", site) else { return self }
    return graph.emit(
      .broadcast(Broadcast(shape: shape, axes: axes)), [self], expecting: TensorType(element, shape), at: site)
  }

  /// Repeats the tensor along a new last axis of size `count`: what undoes a reduction of the last axis.
  public func repeated(_ count: Int, file: String = #fileID, line: Int = #line) -> Tensor {
    broadcast(to: shape + [count], axes: Array(0..<rank), file: file, line: line)
  }

  /// The shape two tensors have in common when axes are matched from the last, or nil.
  static func commonShape(_ a: [Int], _ b: [Int]) -> [Int]? {
    var shape: [Int] = []
    let rank = a.count > b.count ? a.count : b.count
    for distance in stride(from: 1, through: rank, by: 1) {
      let x = distance <= a.count ? a[a.count - distance] : 1
      let y = distance <= b.count ? b[b.count - distance] : 1
      if x != y && x != 1 && y != 1 { return nil }
      shape.append(x == 1 ? y : x)
    }
    return shape.reversed()
  }

  /// Both tensors, repeated to the shape they have in common; shapes that do not fit are an error of `operation`.
  static func aligned(_ a: Tensor, _ b: Tensor, _ operation: String, _ site: SourceSite) -> (Tensor, Tensor) {
    if a.shape == b.shape { return (a, b) }
    guard let shape = commonShape(a.shape, b.shape) else {
      a.graph.fail(
        "\(operation): shapes do not fit: \(a.type) and \(b.type)",
        notes: ["axes are matched from the last; sizes must be equal or 1"], at: site)
      return (a, a)
    }
    return (
      a.broadcast(to: shape, file: site.file, line: site.line), b.broadcast(to: shape, file: site.file, line: site.line)
    )
  }
}
