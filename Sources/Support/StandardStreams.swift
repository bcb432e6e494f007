import Glibc
import Synchronization

/// The standard streams, unbuffered: results go to `out`, progress and logs to `error`.
public enum StandardStream: CInt, Sendable {
  case out = 1
  case error = 2

  /// Puts something in the place of standard streams that were closed, so that no file that is opened later takes their
  /// numbers; what is written there still counts as lost. To be called before any file is opened.
  public static func occupy() {
    for descriptor: CInt in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// Why results were lost, as `errno` says; 0: none were.
  private static let problem = Atomic<CInt>(0)

  /// Writes the text as it is. A reader that has gone away is not an error; where results do not fit, `exitCode` tells.
  public func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        if self == .out && errno != EPIPE { Self.problem.store(errno, ordering: .relaxed) }
        return
      }
      bytes = bytes.dropFirst(count)
    }
  }

  public func line(_ text: String) { write(text + "\n") }

  /// What a process ends with that would end with `code`: `cannotWrite`, said on stderr, if results were lost.
  public static func exitCode(_ code: ExitCode) -> ExitCode {
    let problem = problem.load(ordering: .relaxed)
    if problem == 0 || code != .success { return code }
    error.line("stdout: error: cannot be written: \(String(cString: strerror(problem)))")
    return .cannotWrite
  }

  /// Whether a person is watching.
  public var isTerminal: Bool { isatty(rawValue) == 1 }
}
