import Glibc
import Support

/// One optimiser step of `log.jsonl`. Losses are means over the step's micro-batches; those a model does not have are
/// `null`.
struct LogLine: Sendable {
  /// Optimiser steps done, this one included.
  var step: Int
  /// Epochs done before this step.
  var epoch: Double
  var loss: Float
  var lossImage: Float?
  var lossReport: Float?
  var learningRate: Double
  var gradientNorm: Float?
  var imagesPerSecond: Double
  /// Seconds of the step in which data was made ready.
  var dataWait: Double
  var residentBytes: Int

  var json: JSON {
    [
      "step": .integer(step), "epoch": .number(epoch), "loss": Self.number(loss), "loss_image": Self.number(lossImage),
      "loss_report": Self.number(lossReport), "lr": .number(learningRate), "grad_norm": Self.number(gradientNorm),
      "images_per_s": Self.rounded(imagesPerSecond, 3), "data_wait_s": Self.rounded(dataWait, 6),
      "rss_bytes": .integer(residentBytes),
    ]
  }

  /// One line for people; `total` steps in the run.
  func text(total: Int) -> String {
    var parts = ["step \(step)/\(total)", "epoch \(epoch.fixed(2))", "loss \(Double(loss).fixed(4))"]
    if let lossImage { parts.append("image \(Double(lossImage).fixed(4))") }
    if let lossReport { parts.append("report \(Double(lossReport).fixed(4))") }
    parts.append("lr \(learningRate.significant(3))")
    if let gradientNorm { parts.append("grad \(Double(gradientNorm).significant(3))") }
    parts.append("\(imagesPerSecond.fixed(1)) images/s")
    return parts.joined(separator: "  ")
  }

  /// The shortest digits that give the same f32.
  private static func number(_ value: Float?) -> JSON {
    guard let value, value.isFinite, let short = Double("\(value)") else { return .null }
    return .number(short)
  }

  private static func rounded(_ value: Double, _ digits: Int) -> JSON { .number(Double(value.fixed(digits)) ?? value) }
}

/// `log.jsonl`: one line is appended for each optimiser step.
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

  func append(_ line: LogLine) throws(Diagnostic) {
    let json = line.json
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

/// Bytes of memory the process holds now.
func residentBytes() -> Int {
  guard let text = try? readTextFile("/proc/self/statm"), let pages = text.split(separator: " ").dropFirst().first,
    let count = Int(pages)
  else { return 0 }
  return count * sysconf(Int32(_SC_PAGESIZE))
}
