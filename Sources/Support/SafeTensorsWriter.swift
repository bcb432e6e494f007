/// Writes a safetensors file tensor by tensor, in the order declared; the file appears only when it is complete.
public final class SafeTensorsWriter {
  private let file: AtomicFile
  private let expectedBytes: Int
  private var writtenBytes = 0

  /// Writes the header. `tensors` fixes names, types, shapes and the order of the data;
  /// the data starts at a multiple of 8 bytes.
  public init(path: String, tensors: [SafeTensors.Entry], metadata: [SafeTensors.Metadata] = []) throws(Diagnostic) {
    var members: [JSONMember] = []
    if !metadata.isEmpty {
      members.append(JSONMember("__metadata__", .object(metadata.map { JSONMember($0.key, .string($0.value)) })))
    }
    var offset = 0
    var names = Set<String>()
    for tensor in tensors {
      if !names.insert(tensor.name).inserted {
        throw Diagnostic(.badData, at: SourceLocation(file: path), "two tensors would be named \"\(tensor.name)\"")
      }
      let end = offset + tensor.byteCount
      members.append(
        JSONMember(
          tensor.name,
          [
            "dtype": .string(tensor.dtype.rawValue), "shape": .array(tensor.shape.map { .integer($0) }),
            "data_offsets": .array([.integer(offset), .integer(end)]),
          ]))
      offset = end
    }
    expectedBytes = offset
    var header = Array(JSON.object(members).compact.utf8)
    while header.count % 8 != 0 { header.append(0x20) }
    file = try AtomicFile(path: path)
    try file.write((0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) })
    try file.write(header)
  }

  /// Appends bytes of the tensors, in order, in pieces of any size.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    writtenBytes += bytes.count
    precondition(writtenBytes <= expectedBytes, "more bytes than the declared tensors hold")
    try file.write(bytes)
  }

  /// Appends the elements of one tensor.
  public func write<Element: BitwiseCopyable>(_ elements: [Element]) throws(Diagnostic) {
    let outcome = elements.withUnsafeBytes { raw -> Result<Void, Diagnostic> in
      do throws(Diagnostic) { return .success(try write(raw)) } catch { return .failure(error) }
    }
    try outcome.get()
  }

  /// Puts the file in place. Every declared byte must have been written.
  public func finish() throws(Diagnostic) {
    precondition(writtenBytes == expectedBytes, "fewer bytes than the declared tensors hold")
    try file.commit()
  }
}
