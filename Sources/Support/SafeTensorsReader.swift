/// An open safetensors file whose header has been checked in full; tensors are read on demand.
public final class SafeTensorsReader: Sendable {
  public let path: String
  /// The tensors in the header's order.
  public let tensors: [SafeTensors.Entry]
  public let metadata: [SafeTensors.Metadata]
  /// Tensors of element types that are not known here, by name: they cannot be read.
  public let unreadable: [String: SafeTensors.Unreadable]
  private let offsets: [String: (index: Int, offset: Int)]
  private let file: InputFile

  /// Opens and checks the file; `-` is standard input. Absent: `noInput`; malformed: `badData` naming the file and the tensor.
  public convenience init(path: String) throws(Diagnostic) { try self.init(InputFile(path: path)) }

  /// The same of an open file.
  public init(_ file: InputFile) throws(Diagnostic) {
    let header = try Self.header(file)
    self.file = file
    path = file.path
    tensors = header.tensors.map(\.entry)
    unreadable = header.unreadable
    metadata = header.metadata
    offsets = Dictionary(
      uniqueKeysWithValues: header.tensors.enumerated().map { ($1.entry.name, (index: $0, offset: $1.offset)) })
  }

  /// The tensor called `name`, or nil.
  public subscript(name: String) -> SafeTensors.Entry? { offsets[name].map { tensors[$0.index] } }

  /// Reads the tensor's bytes; `destination` is exactly as long.
  public func read(_ name: String, into destination: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    guard let place = offsets[name] else {
      let problem = unreadable[name].map { "is \($0.typeText), a type that cannot be read" } ?? "is missing"
      throw Diagnostic(.badData, at: SourceLocation(file: path), "tensor \"\(name)\" \(problem)")
    }
    precondition(destination.count == tensors[place.index].byteCount)
    try file.read(at: place.offset, into: destination)
  }

  /// The tensor's bytes.
  public func bytes(_ name: String) throws(Diagnostic) -> [UInt8] {
    try elements(name, count: self[name]?.byteCount ?? 0, zero: UInt8(0))
  }

  /// The elements of an F32 tensor; of any other type: `badData`.
  public func floats(_ name: String) throws(Diagnostic) -> [Float] {
    if let entry = self[name], entry.dtype != .f32 {
      throw Diagnostic(
        .badData, at: SourceLocation(file: path), "tensor \"\(name)\" is \(entry.typeText), expected F32")
    }
    return try elements(name, count: self[name]?.elementCount ?? 0, zero: Float(0))
  }

  private func elements<Element>(_ name: String, count: Int, zero: Element) throws(Diagnostic) -> [Element] {
    var result = [Element](repeating: zero, count: count)
    let outcome = result.withUnsafeMutableBytes { raw -> Result<Void, Diagnostic> in
      do throws(Diagnostic) { return .success(try read(name, into: raw)) } catch { return .failure(error) }
    }
    try outcome.get()
    return result
  }

  private static func header(_ file: InputFile) throws(Diagnostic) -> SafeTensorsHeader {
    let location = SourceLocation(file: file.path)
    guard file.size >= 8 else { throw Diagnostic(.badData, at: location, "is too short for a safetensors file") }
    let length = try file.bytes(at: 0, count: 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(SafeTensors.maximumHeaderBytes) else {
      throw Diagnostic(
        .badData, at: location,
        "the header is said to be \(length) bytes, more than \(SafeTensors.maximumHeaderBytes): not a safetensors file")
    }
    guard Int(length) <= file.size - 8 else {
      throw Diagnostic(
        .badData, at: location, "is cut off: a header of \(length) bytes in a file of \(file.size) bytes")
    }
    let start = 8 + Int(length)
    return try SafeTensorsHeader(
      json: try file.bytes(at: 8, count: Int(length)), file: file.path, dataStart: start, dataBytes: file.size - start)
  }
}
