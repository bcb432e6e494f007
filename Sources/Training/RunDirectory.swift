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

  /// For somebody who names the run where a checkpoint is wanted.
  var checkpointHint: [String] {
    checkpointSteps.last.map { ["its newest checkpoint is \(checkpoint($0))"] } ?? []
  }

  /// Sets aside, as `superseded-<step>`, the checkpoints from a step on but for the one the run is taken up at: it goes another
  /// way from there. Returns their new names.
  func supersede(from step: Int, butFor kept: String?) throws(Diagnostic) -> [String] {
    let kept = kept.map(resolvedPath)
    var names: [String] = []
    for old in checkpointSteps where old >= step && resolvedPath(checkpoint(old)) != kept {
      var name = "superseded-\(old)"
      var number = 2
      while fileKind(path + "/" + name) != .absent {
        name = "superseded-\(old).\(number)"
        number += 1
      }
      if rename(checkpoint(old), path + "/" + name) != 0 {
        throw Diagnostic(
          .cannotWrite, at: SourceLocation(file: checkpoint(old)), "cannot be set aside: \(errorText())")
      }
      names.append(name)
    }
    return names
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
