import Support

/// An open file of named tensors, of any of the kinds in which models are published.
public protocol TensorFile: Sendable {
  /// The file as the user named it.
  var path: String { get }
  /// The tensors in the file's order.
  var tensors: [StoredTensor] { get }
  /// The tensor called `name`, or nil.
  subscript(name: String) -> StoredTensor? { get }
  /// Reads a tensor as f32, row-major: f16, bf16 and f64 are converted. `badData` where the type is another or the file is
  /// damaged; `destination` has exactly as many elements.
  func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws(Diagnostic)
}

extension TensorFile {
  /// A tensor's values as f32, row-major.
  public func floats(_ name: String) throws(Diagnostic) -> [Float] {
    guard let tensor = self[name] else {
      throw Diagnostic(.badData, at: SourceLocation(file: path), "tensor \"\(name)\" is missing")
    }
    var result = [Float](repeating: 0, count: try tensor.count(path))
    let outcome = result.withUnsafeMutableBufferPointer { values -> Result<Void, Diagnostic> in
      do throws(Diagnostic) { return .success(try read(name, into: values)) } catch { return .failure(error) }
    }
    try outcome.get()
    return result
  }
}
