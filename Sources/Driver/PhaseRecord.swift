import Passes

/// Keeps what happens between model and machine code for those who asked to see it: `--print-after`, `--dump-phases`,
/// `--time-passes`, `--remarks`.
final class PhaseRecord {
  private struct Phase {
    var name: String
    var fileExtension: String
    var text = ""
  }

  private struct Timing {
    var name: String
    var duration: Duration
    var detail: String
  }

  private let options: BuildOptions
  private var phases: [Phase] = []
  private var timings: [Timing] = []

  init(_ options: BuildOptions) { self.options = options }

  private var dumps: Bool { options.dumpDirectory != nil }

  /// Whether anything is to be done after each pass.
  var wantsPasses: Bool { dumps || !options.printAfter.isEmpty }

  private func isPrinted(_ name: String, changed: Bool) -> Bool {
    options.printAfter.contains { $0 == name || $0 == "all" || ($0 == "changed" && changed) }
  }

  /// A phase of the whole program is done.
  func finished(_ name: String, _ fileExtension: String, _ text: () throws(Diagnostic) -> String) throws(Diagnostic) {
    let printed = isPrinted(name, changed: true)
    guard printed || dumps else { return }
    let text = try text()
    if printed { StandardStream.error.write("// after \(name)\n\(text)") }
    if dumps { phases.append(Phase(name: name, fileExtension: fileExtension, text: text)) }
  }

  /// A pass is done with one function. The text of a phase is that of all its functions.
  func finished(_ event: PassManager.Event, pipelineStart: Int) {
    let printed = isPrinted(event.pass.name, changed: event.changed)
    guard printed || dumps else { return }
    let text = Printer().text(event.after)
    if printed { StandardStream.error.write("// after \(event.pass.name)\n\(text)") }
    if dumps {
      while phases.count <= pipelineStart + event.index {
        phases.append(Phase(name: event.pass.name, fileExtension: "tir"))
      }
      phases[pipelineStart + event.index].text += text
    }
  }

  /// The number of phases so far: where the passes' dumps begin.
  var phaseCount: Int { phases.count }

  /// Times `body` under a name.
  func time<Result>(_ name: String, _ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    let start = ContinuousClock.now
    let result = try body()
    add(name, ContinuousClock.now - start)
    return result
  }

  func add(_ name: String, _ duration: Duration) {
    timings.append(Timing(name: name, duration: duration, detail: ""))
  }

  func add(_ manager: PassManager) {
    for timing in manager.timings {
      timings.append(
        Timing(
          name: "pass \(timing.pass)", duration: timing.duration,
          detail: "\(timing.nodesBefore) -> \(timing.nodesAfter) nodes"))
    }
    for remark in manager.context.remarks { StandardStream.error.line("remark: \(remark)") }
  }

  /// Writes the dumps and the table of times.
  func finish(model: String) throws(Diagnostic) {
    if options.timePasses {
      for timing in timings {
        let seconds = timing.duration.seconds.fixed(3)
        StandardStream.error.line(
          "\(paddedLeft(seconds, 9)) s  \(timing.name)\(timing.detail.isEmpty ? "" : "  " + timing.detail)")
      }
      timings = []
    }
    guard let directory = options.dumpDirectory else { return }
    try makeDirectory(directory)
    let base = baseName(model)
    for (index, phase) in phases.enumerated() {
      let number = index < 10 ? "0\(index)" : "\(index)"
      try AtomicFile.write(phase.text, to: "\(directory)/\(base).\(number).\(phase.name).\(phase.fileExtension)")
    }
  }
}
