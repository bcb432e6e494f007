import Glibc

/// One run of a study: one kind of initial weights, one share of the labels, one seed.
struct StudyRun {
  let weights: StudyPlan.InitialWeights
  let share: StudyPlan.LabelShare
  let seed: UInt64
  /// What it depends on.
  let inputs: StudyInputs
  /// Its folder, which is also that of the program's training run.
  let folder: String

  /// `mae-0.01-2`.
  static func name(_ weights: StudyPlan.InitialWeights, _ share: StudyPlan.LabelShare, _ seed: UInt64) -> String {
    "\(weights.name)-\(share.text)-\(seed)"
  }

  var name: String { Self.name(weights, share, seed) }
  private var inputsFile: String { folder + "/inputs.json" }
  private var resultFile: String { folder + "/result.json" }

  /// How far a run is.
  enum State {
    /// Nothing of it is there that would be lost.
    case absent
    /// It was stopped after the checkpoint of that step.
    case begun(step: Int)
    case done(StudyResult)
    /// What is there came from other inputs, named here.
    case changed([String])
  }

  /// How far it is. A folder with files of something else: `usage`; a result that cannot be read: `badData`.
  func state() throws(Diagnostic) -> State {
    if fileKind(resultFile) == .file {
      let json = try JSON.read(path: resultFile)
      let changes = inputs.changes(from: json["inputs"] ?? .null)
      if !changes.isEmpty { return .changed(changes) }
      guard let result = StudyResult(json) else {
        throw Diagnostic(
          .badData, at: SourceLocation(file: resultFile), "is not the result of a run",
          notes: ["remove the folder \(folder), and the run is done again"])
      }
      return .done(result)
    }
    guard fileKind(inputsFile) == .file else {
      if directoryEntries(folder).isEmpty { return .absent }
      throw Diagnostic(
        .usage, at: SourceLocation(file: folder), "holds files that are not of this study",
        notes: ["move them away, or give another --output"])
    }
    guard let step = steps("checkpoint-").last else { return .absent }
    let changes = inputs.changes(from: try JSON.read(path: inputsFile))
    return changes.isEmpty ? .begun(step: step) : .changed(changes)
  }

  /// Makes the folder ready to train in; `fresh`: without what was there.
  func prepare(fresh: Bool) throws(Diagnostic) {
    if fresh { removeTree(folder) }
    try makeDirectory(folder)
    try AtomicFile.write(inputs.json.pretty, to: inputsFile)
  }

  /// Writes the result, whole, as the last file of the run.
  func finish(_ result: StudyResult) throws(Diagnostic) {
    try AtomicFile.write(result.json(inputs).pretty, to: resultFile)
    tidy(result)
  }

  /// Removes the checkpoints of a run that is done, but for the one that was measured.
  func tidy(_ result: StudyResult) {
    for step in steps("checkpoint-") where result.checkpoint != "checkpoint-\(step)" {
      removeTree("\(folder)/checkpoint-\(step)")
    }
  }

  /// The checkpoint to measure: the best by the metric, or the last one where none is chosen.
  func checkpoint(chosen: Bool) -> (name: String, step: Int)? {
    let prefix = chosen ? "best-" : "checkpoint-"
    return steps(prefix).last.map { ("\(prefix)\($0)", $0) }
  }

  private func steps(_ prefix: String) -> [Int] {
    directoryEntries(folder).compactMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil }.sorted()
  }
}
