import Glibc

/// The directory a training run writes: `config.json`, `log.jsonl`, `curves.svg` and `checkpoint-<step>/`.
struct RunDirectory {
  let path: String

  var configFile: String { path + "/config.json" }
  var logFile: String { path + "/log.jsonl" }
  var curvesFile: String { path + "/curves.svg" }

  func checkpoint(_ step: Int) -> String { "\(path)/checkpoint-\(step)" }

  /// The checkpoint of the best step so far.
  func best(_ step: Int) -> String { "\(path)/best-\(step)" }

  var isEmpty: Bool { directoryEntries(path).isEmpty }

  /// The steps of the finished checkpoints, ascending.
  var checkpointSteps: [Int] { steps("checkpoint-") }

  /// The steps of the checkpoints that were the best, ascending.
  var bestSteps: [Int] { steps("best-") }

  private func steps(_ prefix: String) -> [Int] {
    directoryEntries(path).compactMap { name in
      guard name.hasPrefix(prefix), let step = Int(name.dropFirst(prefix.count)), step >= 0,
        fileKind(path + "/" + name) == .directory
      else { return nil }
      return step
    }.sorted()
  }

  /// For somebody who names the run where a checkpoint is wanted.
  var checkpointHint: [String] {
    checkpointSteps.last.map { ["its newest checkpoint is \(checkpoint($0))"] } ?? []
  }

  /// Sets aside, as `superseded-<step>`, the checkpoints from a step on but for the one the run is taken up at: it goes another
  /// way from there; and as `superseded-best-<step>` what was best beyond it. Returns their new names.
  func supersede(from step: Int, butFor kept: String?) throws(Diagnostic) -> [String] {
    let kept = kept.map(resolvedPath)
    var names: [String] = []
    for old in checkpointSteps where old >= step && resolvedPath(checkpoint(old)) != kept {
      names.append(try setAside(checkpoint(old), as: "superseded-\(old)"))
    }
    for old in bestSteps where old > step { names.append(try setAside(best(old), as: "superseded-best-\(old)")) }
    return names
  }

  private func setAside(_ directory: String, as wanted: String) throws(Diagnostic) -> String {
    var name = wanted
    var number = 2
    while fileKind(path + "/" + name) != .absent {
      name = "\(wanted).\(number)"
      number += 1
    }
    if rename(directory, path + "/" + name) == 0 { return name }
    throw Diagnostic(.cannotWrite, at: SourceLocation(file: directory), "cannot be set aside: \(errorText())")
  }

  /// Removes what a stopped process found best beyond a step: the run will find it again.
  func removeBest(beyond step: Int) {
    for old in bestSteps where old > step { removeTree(best(old)) }
  }

  /// Removes what was best but for `step`.
  func pruneBest(butFor step: Int) {
    for old in bestSteps where old != step { removeTree(best(old)) }
  }

  /// Removes what a stopped process left unfinished.
  func removeUnfinished() {
    for name in directoryEntries(path) where name.hasPrefix(".checkpoint-") || name.hasSuffix(".partial") {
      removeTree(path + "/" + name)
    }
  }

  /// Empties the directory when it holds nothing but what is written before the first step, so that the same command
  /// can be given again.
  func emptyIfUnused() {
    guard directoryEntries(path) == ["config.json", "log.jsonl"], (try? readFile(logFile))?.isEmpty == true else {
      return
    }
    removeTree(configFile)
    removeTree(logFile)
  }

  /// Removes all but the newest `count` checkpoints up to `step`.
  func prune(keep count: Int, upTo step: Int) {
    for old in checkpointSteps.filter({ $0 <= step }).dropLast(count) { removeTree(checkpoint(old)) }
  }
}
