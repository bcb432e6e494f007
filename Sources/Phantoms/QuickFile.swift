import Glibc
import Support

/// A file that appears whole or not at all while the machine runs. Unlike `AtomicFile` it does not wait for the disk,
/// which thousands of small images would do for minutes; the lists that name them are written durably, and last.
enum QuickFile {
  static func write(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
    let temporary = directoryName(path) + "/." + baseName(path) + ".partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(path) }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
      if count < 0 {
        if errno == EINTR { continue }
        let problem = failure(path)
        close(descriptor)
        unlink(temporary)
        throw problem
      }
      done += count
    }
    guard close(descriptor) == 0, rename(temporary, path) == 0 else {
      let problem = failure(path)
      unlink(temporary)
      throw problem
    }
  }

  private static func failure(_ path: String) -> Diagnostic {
    Diagnostic(
      .cannotWrite, at: SourceLocation(file: path), "cannot be written: \(String(cString: strerror(errno)))")
  }
}
