import Glibc
import Support

/// The directory a training run writes: `config.json`, `log.jsonl`, `curves.svg` and `checkpoint-<step>/`.
struct RunDirectory {
  let path: String

  var configFile: String { path + "/config.json" }
  var logFile: String { path + "/log.jsonl" }
  var curvesFile: String { path + "/curves.svg" }

  func checkpoint(_ step: Int) -> String { "\(path)/checkpoint-\(step)" }

  var isEmpty: Bool { directoryEntries(path).isEmpty }

  /// The steps of the finished checkpoints, ascending.
  var checkpointSteps: [Int] {
    directoryEntries(path).compactMap { name in
      guard name.hasPrefix("checkpoint-"), let step = Int(name.dropFirst(11)), step >= 0,
        fileKind(path + "/" + name) == .directory
      else { return nil }
      return step
    }.sorted()
  }

  /// Sets the checkpoints beyond a step aside, as `superseded-<step>`: the run goes another way from there. Returns their
  /// steps.
  func supersede(beyond step: Int) throws(Diagnostic) -> [Int] {
    let steps = checkpointSteps.filter { $0 > step }
    for step in steps {
      let name = "\(path)/superseded-\(step)"
      removeTree(name)
      if rename(checkpoint(step), name) != 0 {
        throw Diagnostic(
          .cannotWrite, at: SourceLocation(file: checkpoint(step)), "cannot be set aside: \(errorText())")
      }
    }
    return steps
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
