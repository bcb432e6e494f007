import Glibc

/// A file that appears whole or not at all: written to a hidden temporary file beside it, put on the disk, renamed.
/// Dropped before `commit`, it leaves nothing behind. A device or pipe (`/dev/null`) is written to directly, and so is
/// standard output, `-` or `/dev/stdout`. Where the path is a symbolic link, what it points to is replaced.
public final class AtomicFile {
  public let path: String
  /// Where the file will be: `path`, links followed.
  private let place: String
  private let temporary: String?
  private var descriptor: CInt
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 16

  /// Whether a path stands for standard output: `-` or `/dev/stdout`.
  public static func isStandardOutput(_ path: String) -> Bool { path == "-" || path == "/dev/stdout" }

  /// Opens the temporary file; `cannotWrite` when the directory is absent or not writable.
  public init(path: String) throws(Diagnostic) {
    self.path = path
    place = Self.place(of: path)
    switch fileKind(path) {
    case _ where Self.isStandardOutput(path):
      temporary = nil
      descriptor = fcntl(1, F_DUPFD_CLOEXEC, 0)
    case .directory:
      throw Diagnostic(.cannotWrite, at: SourceLocation(file: path), "is a directory, expected a file to write")
    case .other:
      temporary = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    case .absent, .file:
      let name = Self.temporary(for: place)
      unlink(name)
      temporary = name
      descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    }
    if descriptor < 0 {
      throw Diagnostic(.cannotWrite, at: SourceLocation(file: path), "cannot be written: \(errorText())")
    }
    buffer.reserveCapacity(Self.bufferSize)
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      if let temporary { unlink(temporary) }
    }
  }

  /// Appends bytes; `cannotWrite` when the disk is full.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    if buffer.count + bytes.count <= Self.bufferSize {
      buffer.append(contentsOf: bytes)
      return
    }
    try flush()
    try writeThrough(bytes)
  }

  public func write(_ bytes: [UInt8]) throws(Diagnostic) {
    let result = bytes.withUnsafeBytes { raw -> Result<Void, Diagnostic> in
      do throws(Diagnostic) { return .success(try write(raw)) } catch { return .failure(error) }
    }
    try result.get()
  }

  public func write(_ text: String) throws(Diagnostic) {
    try write(Array(text.utf8))
  }

  /// Writes a text, the last of the file, and commits it.
  public func commit(_ text: String) throws(Diagnostic) {
    try write(text)
    try commit()
  }

  /// Puts the bytes on the disk and gives the file its name. Nothing can be written afterwards.
  public func commit() throws(Diagnostic) {
    try flush()
    if temporary != nil, fsync(descriptor) != 0 { throw failure() }
    if close(descriptor) != 0 {
      let problem = failure()
      descriptor = -1
      if let temporary { unlink(temporary) }
      throw problem
    }
    descriptor = -1
    guard let temporary else { return }
    if rename(temporary, place) != 0 {
      let problem = failure()
      unlink(temporary)
      throw problem
    }
    try synchronizeDirectory(directoryName(place))
  }

  /// The file that replacing `path` is to replace: what a symbolic link points to.
  package static func place(of path: String) -> String {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return path }
    if fileKind(path) != .absent { return resolvedPath(path) }
    // A link to what is not there yet: its own words, from where it stands.
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &target, target.count - 1)
    if count <= 0 { return path }
    let words = String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return words.hasPrefix("/") ? words : directoryName(path) + "/" + words
  }

  /// The hidden file beside `place` that is written first.
  package static func temporary(for place: String) -> String {
    directoryName(place) + "/." + baseName(place) + ".\(getpid()).partial"
  }

  /// Writes a whole file in one go.
  public static func write(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
    let file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
  }

  /// Writes a whole text file in one go.
  public static func write(_ text: String, to path: String) throws(Diagnostic) {
    try write(Array(text.utf8), to: path)
  }

  private func flush() throws(Diagnostic) {
    if buffer.isEmpty { return }
    let pending = buffer
    buffer.removeAll(keepingCapacity: true)
    let result = pending.withUnsafeBytes { raw -> Result<Void, Diagnostic> in
      do throws(Diagnostic) { return .success(try writeThrough(raw)) } catch { return .failure(error) }
    }
    try result.get()
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, min(rest.count, 1 << 30))
      if count < 0 {
        if errno == EINTR { continue }
        throw failure()
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  private func failure() -> Diagnostic {
    Diagnostic(.cannotWrite, at: SourceLocation(file: path), "cannot be written: \(errorText())")
  }
}
