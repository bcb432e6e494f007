import Glibc

/// The right to write to a run's directory, which one process has at a time: kept as long as this lives, and lost with the
/// process however it ends.
package final class RunLock {
  private let descriptor: CInt

  /// `usage` if another process has it. File systems that know no locks give it to everybody.
  package init(_ directory: String) throws(Diagnostic) {
    descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      throw Diagnostic(
        .usage, at: SourceLocation(file: directory), "another process is training in this directory",
        notes: ["wait for it or stop it, or give another --output"])
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
