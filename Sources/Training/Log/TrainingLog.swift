import Glibc

/// `log.jsonl`: one line is appended for each optimiser step, and one behind it for each evaluation.
final class TrainingLog {
  let path: String
  private let descriptor: CInt
  private(set) var curves = CurveSamples()

  /// Opens the log and drops what lies beyond `step`: a resumed run's log reads as if it had never stopped.
  init(path: String, resumingAt step: Int) throws(Diagnostic) {
    self.path = path
    if fileKind(path) == .file {
      let bytes = try readFile(path)
      var kept = 0
      for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
        guard let json = try? JSON.parse(bytes: Array(line), file: path), let number = json["step"]?.intValue,
          number <= step
        else { break }
        kept = line.endIndex + 1
        curves.add(json)
      }
      if kept < bytes.count { try AtomicFile.write(Array(bytes[..<kept]), to: path) }
    }
    descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw failure() }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func append(_ json: JSON) throws(Diagnostic) {
    curves.add(json)
    var rest = Array((json.compact + "\n").utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure()
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Puts all lines on the disk.
  func synchronize() throws(Diagnostic) {
    if fsync(descriptor) != 0, errno != EINVAL { throw failure() }
  }

  private func failure() -> Diagnostic {
    Diagnostic(.cannotWrite, at: SourceLocation(file: path), "cannot be written: \(errorText())")
  }
}
