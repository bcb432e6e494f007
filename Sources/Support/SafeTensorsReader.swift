import Glibc

/// An open safetensors file whose header has been checked in full; tensors are read on demand.
public final class SafeTensorsReader: Sendable {
  public let path: String
  /// The tensors in the header's order.
  public let tensors: [SafeTensors.Entry]
  public let metadata: [SafeTensors.Metadata]
  private let offsets: [String: (index: Int, offset: Int)]
  private let descriptor: CInt

  /// Opens and checks the file; `-` is standard input. Absent: `noInput`; malformed: `badData` naming the file and the tensor.
  public init(path: String) throws(Diagnostic) {
    let descriptor = try Self.seekable(path)
    do throws(Diagnostic) {
      let header = try Self.header(descriptor, path)
      self.path = path
      self.descriptor = descriptor
      tensors = header.tensors.map(\.entry)
      metadata = header.metadata
      offsets = Dictionary(
        uniqueKeysWithValues: header.tensors.enumerated().map { ($1.entry.name, (index: $0, offset: $1.offset)) })
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// The tensor called `name`, or nil.
  public subscript(name: String) -> SafeTensors.Entry? { offsets[name].map { tensors[$0.index] } }

  /// Reads the tensor's bytes; `destination` is exactly as long.
  public func read(_ name: String, into destination: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    guard let place = offsets[name] else {
      throw Diagnostic(.badData, at: SourceLocation(file: path), "tensor \"\(name)\" is missing")
    }
    precondition(destination.count == tensors[place.index].byteCount)
    try Self.read(descriptor, path, at: place.offset, into: destination)
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

  /// A descriptor to read from at any place: what comes through a pipe is put into a temporary file without a name first.
  private static func seekable(_ path: String) throws(Diagnostic) -> CInt {
    let source = path == "-" ? fcntl(0, F_DUPFD_CLOEXEC, 0) : try openForReading(path)
    var status = stat()
    guard fstat(source, &status) == 0, [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT) else { return source }
    defer { close(source) }
    guard let file = tmpfile() else {
      throw Diagnostic(.cannotWrite, at: SourceLocation(file: path), "no temporary file for it: \(errorText())")
    }
    defer { fclose(file) }
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Glibc.read(source, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 {
        throw Diagnostic(.badData, at: SourceLocation(file: path), "cannot be read: \(errorText())")
      }
      if count == 0 { break }
      if fwrite(chunk, 1, count, file) != count {
        throw Diagnostic(.cannotWrite, at: SourceLocation(file: path), "no room for a temporary copy: \(errorText())")
      }
    }
    guard fflush(file) == 0 else {
      throw Diagnostic(.cannotWrite, at: SourceLocation(file: path), "no room for a temporary copy: \(errorText())")
    }
    return fcntl(fileno(file), F_DUPFD_CLOEXEC, 0)
  }

  private static func header(_ descriptor: CInt, _ path: String) throws(Diagnostic) -> SafeTensorsHeader {
    let location = SourceLocation(file: path)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Diagnostic(.badData, at: location, "is not a regular file")
    }
    let size = Int(status.st_size)
    guard size >= 8 else { throw Diagnostic(.badData, at: location, "is too short for a safetensors file") }
    var lengthBytes = [UInt8](repeating: 0, count: 8)
    try fill(&lengthBytes, descriptor, path, at: 0)
    let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(SafeTensors.maximumHeaderBytes) else {
      throw Diagnostic(
        .badData, at: location,
        "the header is said to be \(length) bytes, more than \(SafeTensors.maximumHeaderBytes): not a safetensors file")
    }
    guard Int(length) <= size - 8 else {
      throw Diagnostic(
        .badData, at: location, "is cut off: a header of \(length) bytes in a file of \(size) bytes")
    }
    var json = [UInt8](repeating: 0, count: Int(length))
    try fill(&json, descriptor, path, at: 8)
    let start = 8 + Int(length)
    return try SafeTensorsHeader(json: json, file: path, dataStart: start, dataBytes: size - start)
  }

  private static func fill(_ bytes: inout [UInt8], _ descriptor: CInt, _ path: String, at offset: Int)
    throws(Diagnostic)
  {
    let outcome = bytes.withUnsafeMutableBytes { raw -> Result<Void, Diagnostic> in
      do throws(Diagnostic) { return .success(try read(descriptor, path, at: offset, into: raw)) } catch {
        return .failure(error)
      }
    }
    try outcome.get()
  }

  private static func read(
    _ descriptor: CInt, _ path: String, at offset: Int, into destination: UnsafeMutableRawBufferPointer
  ) throws(Diagnostic) {
    var done = 0
    while done < destination.count {
      let count = pread(
        descriptor, destination.baseAddress! + done, min(destination.count - done, 1 << 30), off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      if count <= 0 {
        let problem = count == 0 ? "ends too early" : "cannot be read: \(errorText())"
        throw Diagnostic(.badData, at: SourceLocation(file: path), problem)
      }
      done += count
    }
  }
}
