import Support

/// What a file says of a tensor.
public struct StoredTensor: Sendable, Hashable {
  public let name: String
  /// The element type by its safetensors name, such as `BF16`; what other types are called is up to the file.
  public let type: String
  public let shape: [Int]

  /// `BF16 [2, 3]`.
  public var typeText: String { "\(type) \(shape)" }

  /// How its elements become f32; nil where they are no floating-point numbers.
  public var format: FloatFormat? { FloatFormat(rawValue: type) }

  /// `badData` where they are more than a table of any published model has.
  func count(_ path: String) throws(Diagnostic) -> Int {
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow || product > 1 << 28 {
        throw Diagnostic(
          .badData, at: SourceLocation(file: path), "tensor \"\(name)\": the shape \(shape) is too large")
      }
      count = product
    }
    return count
  }
}
