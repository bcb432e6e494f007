/// An element type and a static shape, written `f32[16,49,768]`; a scalar is `f32[]`.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  public var element: ElementType
  /// Sizes, outermost first; every size is at least 1.
  public var shape: [Int]

  public init(_ element: ElementType, _ shape: [Int]) {
    self.element = element
    self.shape = shape
  }

  public var rank: Int { shape.count }
  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
  public var byteCount: Int { count * element.byteSize }

  public var description: String {
    "\(element.rawValue)[\(shape.map(String.init).joined(separator: ","))]"
  }

  /// The same shape with other elements.
  public func with(_ element: ElementType) -> TensorType { TensorType(element, shape) }

  /// Row-major strides, in elements.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    var step = 1
    for axis in stride(from: rank - 1, through: 0, by: -1) {
      strides[axis] = step
      step *= shape[axis]
    }
    return strides
  }

  /// Reads what `description` writes; nil for any other text.
  public init?(_ text: some StringProtocol) {
    guard let open = text.firstIndex(of: "["), text.last == "]",
      let element = ElementType(rawValue: String(text[..<open]))
    else { return nil }
    let inside = text[text.index(after: open)...].dropLast()
    var shape: [Int] = []
    if !inside.isEmpty {
      for size in inside.split(separator: ",", omittingEmptySubsequences: false) {
        guard let size = Int(size), size >= 0 else { return nil }
        shape.append(size)
      }
    }
    self.init(element, shape)
  }
}
