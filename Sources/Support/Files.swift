import Glibc

/// The whole contents of the file at `path` (`-` is standard input).
/// Absent: `noInput`; a directory or a file that cannot be read: `badData`.
public func readFile(_ path: String) throws(Diagnostic) -> [UInt8] {
  let descriptor = path == "-" ? 0 : try openForReading(path)
  defer { if descriptor != 0 { close(descriptor) } }
  var bytes: [UInt8] = []
  var status = stat()
  if fstat(descriptor, &status) == 0, status.st_size > 0 { bytes.reserveCapacity(Int(status.st_size) + 1) }
  var chunk = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count < 0 {
      if errno == EINTR { continue }
      throw Diagnostic(.badData, at: SourceLocation(file: path), "cannot be read: \(errorText())")
    }
    if count == 0 { return bytes }
    bytes.append(contentsOf: chunk[..<count])
  }
}

/// The text of the file at `path`; not UTF-8: `badData`.
public func readTextFile(_ path: String) throws(Diagnostic) -> String {
  guard let text = String(validating: try readFile(path), as: UTF8.self) else {
    throw Diagnostic(.badData, at: SourceLocation(file: path), "is not UTF-8 text")
  }
  return text
}

/// An open descriptor of an existing file that is no directory. The caller closes it.
package func openForReading(_ path: String) throws(Diagnostic) -> CInt {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    let code: ExitCode = errno == ENOENT || errno == ENOTDIR ? .noInput : .badData
    let problem = code == .noInput ? "no such file" : "cannot be opened: \(errorText())"
    throw Diagnostic(code, at: SourceLocation(file: path), problem)
  }
  var status = stat()
  if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
    close(descriptor)
    throw Diagnostic(.badData, at: SourceLocation(file: path), "is a directory, expected a file")
  }
  return descriptor
}

/// What `errno` says, in words.
package func errorText(_ number: CInt = errno) -> String {
  String(cString: strerror(number))
}

public enum FileKind: Sendable, Hashable {
  case absent, file, directory, other
}

/// What stands at `path`, symbolic links followed.
public func fileKind(_ path: String) -> FileKind {
  var status = stat()
  guard stat(path, &status) == 0 else { return .absent }
  switch status.st_mode & S_IFMT {
  case S_IFDIR: return .directory
  case S_IFREG: return .file
  default: return .other
  }
}

/// The path with links followed and slashes at its end gone; as it is when nothing stands there.
public func resolvedPath(_ path: String) -> String {
  guard let real = realpath(path, nil) else { return path }
  defer { free(real) }
  return String(cString: real)
}

/// The names in a directory, sorted, without `.` and `..`; a directory that cannot be read has none.
public func directoryEntries(_ path: String) -> [String] {
  guard let directory = opendir(path) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Makes the directory and those above it; `cannotWrite` when that fails.
public func makeDirectory(_ path: String) throws(Diagnostic) {
  if path.isEmpty { throw Diagnostic(.cannotWrite, "the directory cannot be made: '' is no path") }
  var problem = directoryProblem(path)
  let parent = directoryName(path)
  if problem == ENOENT, parent != path {
    try makeDirectory(parent)
    problem = directoryProblem(path)
  }
  if problem == 0 { return }
  throw Diagnostic(.cannotWrite, at: SourceLocation(file: path), "the directory cannot be made: \(errorText(problem))")
}

/// Makes one directory, if it is not there; what `errno` says of it, or 0.
private func directoryProblem(_ path: String) -> CInt {
  if mkdir(path, 0o777) == 0 { return 0 }
  let problem = errno
  return fileKind(path) == .directory ? 0 : problem
}

/// Removes a file, or a directory with all it holds; symbolic links are removed, not followed.
public func removeTree(_ path: String) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  if status.st_mode & S_IFMT == S_IFDIR {
    for name in directoryEntries(path) { removeTree(path + "/" + name) }
    rmdir(path)
  } else {
    unlink(path)
  }
}

/// Everything before the last `/`: `.` when there is none.
public func directoryName(_ path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Everything after the last `/`.
public func baseName(_ path: String) -> String {
  path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
}

/// Puts a directory's entries on the disk, so that a rename in it outlives a loss of power.
public func synchronizeDirectory(_ path: String) throws(Diagnostic) {
  let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  defer { if descriptor >= 0 { close(descriptor) } }
  // Some file systems cannot synchronise a directory and say EINVAL; the rename itself has happened.
  if descriptor < 0 || (fsync(descriptor) != 0 && errno != EINVAL && errno != EROFS) {
    throw Diagnostic(.cannotWrite, at: SourceLocation(file: path), "cannot be written: \(errorText())")
  }
}
