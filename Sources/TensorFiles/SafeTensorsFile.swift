import Support

/// A safetensors file.
public final class SafeTensorsFile: TensorFile {
  public let tensors: [StoredTensor]
  private let reader: SafeTensorsReader
  private let index: [String: Int]

  /// Takes a file whose header has been checked.
  public init(_ reader: SafeTensorsReader) {
    self.reader = reader
    tensors =
      reader.tensors.map { StoredTensor(name: $0.name, type: $0.dtype.rawValue, shape: $0.shape) }
      + reader.unreadable.sorted { $0.key < $1.key }.map {
        StoredTensor(name: $0.key, type: $0.value.type, shape: $0.value.shape)
      }
    index = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.name, $0) })
  }

  public var path: String { reader.path }

  public subscript(name: String) -> StoredTensor? { index[name].map { tensors[$0] } }

  public func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws(Diagnostic) {
    guard let tensor = self[name], let format = tensor.format else {
      let problem = self[name].map { "is \($0.typeText), expected a floating-point type" } ?? "is missing"
      throw Diagnostic(.badData, at: SourceLocation(file: path), "tensor \"\(name)\" \(problem)")
    }
    if format == .f32 { return try reader.read(name, into: UnsafeMutableRawBufferPointer(destination)) }
    let bytes = try reader.bytes(name)
    bytes.withUnsafeBytes { format.convert($0, into: destination) }
  }
}
