/// Tells how training goes, on stderr: a bar with the time left on a terminal, plain lines elsewhere.
struct Progress {
  private let options: TrainingOptions
  private let total: Int
  private let first: Int
  private let isTerminal: Bool
  private let start = ContinuousClock.now
  private var lastLine: ContinuousClock.Instant?

  /// `first`: optimiser steps done before; `total`: those of the whole run.
  init(_ options: TrainingOptions, first: Int, total: Int) {
    self.options = options
    self.first = first
    self.total = total
    isTerminal = StandardStream.error.isTerminal
  }

  mutating func report(_ line: LogLine) {
    if options.quiet { return }
    if options.logFormat == .json {
      StandardStream.error.line(line.json.compact)
      return
    }
    let now = ContinuousClock.now
    let isLast = line.step == total
    if let lastLine, !isLast, now - lastLine < (isTerminal ? .milliseconds(100) : .seconds(1)) { return }
    lastLine = now
    let elapsed = (now - start).seconds
    let left = elapsed / Double(max(1, line.step - first)) * Double(total - line.step)
    if isTerminal {
      let width = 24
      let done = min(width, line.step * width / max(1, total))
      let bar = String(repeating: "█", count: done) + String(repeating: "·", count: width - done)
      StandardStream.error.write("\r\u{1B}[K\(bar) \(line.text(total: total))  ETA \(durationText(left))")
      if isLast { StandardStream.error.write("\n") }
    } else {
      StandardStream.error.line(line.text(total: total) + "  ETA \(durationText(left))")
    }
  }

  /// A line of its own, above the bar.
  func note(_ text: String) {
    if options.quiet { return }
    if options.logFormat == .json {
      StandardStream.error.line((["note": .string(text)] as JSON).compact)
    } else {
      StandardStream.error.write((isTerminal ? "\r\u{1B}[K" : "") + text + "\n")
    }
  }
}
