import Glibc

/// The standard streams, unbuffered: results go to `out`, progress and logs to `error`.
public enum StandardStream: CInt, Sendable {
  case out = 1
  case error = 2

  /// Writes the text as it is. A reader that has gone away is not an error here.
  public func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        return
      }
      bytes = bytes.dropFirst(count)
    }
  }

  public func line(_ text: String) { write(text + "\n") }

  /// Whether a person is watching.
  public var isTerminal: Bool { isatty(rawValue) == 1 }
}
