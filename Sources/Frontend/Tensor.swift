/// A value of the function being built: what a model computes with. Cheap to copy; it holds no elements.
///
/// Operations take `file` and `line` from their caller, so that each node knows the line that built it. Operators
/// cannot: they take the line of the call before them.
public struct Tensor {
  /// The function it belongs to.
  public let graph: Graph
  let value: ValueID
  /// Element type and shape.
  public let type: TensorType

  /// Sizes, outermost first.
  public var shape: [Int] { type.shape }
  /// The number of axes.
  public var rank: Int { type.rank }
  /// The type of one element.
  public var element: ElementType { type.element }

  /// The size of one axis; negative axes count from the last. No such axis: the build fails, and 1 is returned.
  public func size(_ axis: Int, file: String = #fileID, line: Int = #line) -> Int {
    let index = axis < 0 ? axis + rank : axis
    if shape.indices.contains(index) { return shape[index] }
    graph.fail("size: axis \(axis) is not an axis of \(type)", at: SourceSite(file: file, line: line))
    return 1
  }

  /// Axes counted from 0, ascending; an axis that does not exist is kept, so that the operation reports it.
  func normalized(_ axes: [Int]) -> [Int] { axes.map { $0 < 0 ? $0 + rank : $0 }.sorted() }
}

extension Graph {
  /// A constant with the same value everywhere.
  public func constant(
    _ value: Double, _ shape: [Int] = [], element: ElementType = .f32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    constant(Constant(.splat(value), TensorType(element, shape)), SourceSite(file: file, line: line))
  }

  /// A constant with every element given, row-major.
  public func constant(
    _ values: [Double], _ shape: [Int], element: ElementType = .f32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    constant(Constant(.dense(values), TensorType(element, shape)), SourceSite(file: file, line: line))
  }

  /// Each element is its own index along `axis`.
  public func iota(
    axis: Int, _ shape: [Int], element: ElementType = .i32, file: String = #fileID, line: Int = #line
  ) -> Tensor {
    let site = SourceSite(file: file, line: line)
    let type = TensorType(element, shape)
    guard acceptable(shape, "iota", site) else {
      return Tensor(graph: self, value: ValueID(0), type: TensorType(element, shape.map { _ in 1 }))
    }
    return emit(.iota(Iota(axis: axis < 0 ? axis + shape.count : axis, type)), [], expecting: type, at: site)
  }

  private func constant(_ constant: Constant, _ site: SourceSite) -> Tensor {
    guard acceptable(constant.type.shape, "constant", site) else {
      return Tensor(graph: self, value: ValueID(0), type: TensorType(constant.type.element, []))
    }
    return emit(.constant(constant), [], expecting: constant.type, at: site)
  }

  /// Whether a tensor can have the shape; if not, the build has failed.
  func acceptable(_ shape: [Int], _ operation: String, _ site: SourceSite) -> Bool {
    if !shape.contains(where: { $0 < 1 }), Self.elementCount(shape) != nil { return true }
    fail("\(operation): no tensor can have the shape \(shape)", at: site)
    return false
  }
}
