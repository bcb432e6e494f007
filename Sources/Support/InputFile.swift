import Glibc

/// An open file that is read at any place.
public final class InputFile: Sendable {
  /// The file as the user named it.
  public let path: String
  /// Its length in bytes when it was opened.
  public let size: Int
  private let descriptor: CInt

  /// Opens the file; `-` is standard input. What comes through a pipe is put into a temporary file without a name first.
  /// Absent: `noInput`; a directory or a device: `badData`.
  public init(path: String) throws(Diagnostic) {
    descriptor = try Self.seekable(path)
    self.path = path
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Diagnostic(.badData, at: SourceLocation(file: path), "is not a regular file")
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Fills `destination` with the bytes from `offset` on; `badData` where the file ends before.
  public func read(at offset: Int, into destination: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
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

  /// The `count` bytes from `offset` on.
  public func bytes(at offset: Int, count: Int) throws(Diagnostic) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= size, count <= size - offset else {
      throw Diagnostic(.badData, at: SourceLocation(file: path), "ends too early")
    }
    var result = [UInt8](repeating: 0, count: count)
    let outcome = result.withUnsafeMutableBytes { raw -> Result<Void, Diagnostic> in
      do throws(Diagnostic) { return .success(try read(at: offset, into: raw)) } catch { return .failure(error) }
    }
    try outcome.get()
    return result
  }

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
}
