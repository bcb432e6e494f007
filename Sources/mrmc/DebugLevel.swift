import Driver
import Glibc

/// How much a compilation says about itself where no flag says it: `MRMC_DEBUG`, 0 to 5, each level more than the last.
struct DebugLevel {
  private let level: Int

  /// Throws `usage` for anything but a number from 0 to 5.
  static func fromEnvironment() throws(Diagnostic) -> DebugLevel {
    guard let text = getenv("MRMC_DEBUG").map({ String(cString: $0) }), !text.isEmpty else {
      return DebugLevel(level: 0)
    }
    guard let level = Int(text), (0...5).contains(level) else {
      throw Diagnostic(.usage, "MRMC_DEBUG=\(text): expected 0 to 5")
    }
    return DebugLevel(level: level)
  }

  /// 1: times; 2: remarks; 3: verification after every pass; 4: what each pass changed; 5: every phase.
  func apply(to options: inout BuildOptions) {
    if level >= 1 { options.timePasses = true }
    if level >= 2 { options.remarks = true }
    if level >= 3 { options.verifyEach = true }
    if level >= 4 && options.printAfter.isEmpty { options.printAfter = [level == 4 ? "changed" : "all"] }
  }
}
