import Execution

/// The directory of a run as it is found: who may write to it, and the checkpoint that training goes on from.
struct RunOpening {
  let run: RunDirectory
  /// nil: a fresh run.
  let checkpoint: String?
  private let wasThere: Bool
  /// Held before anything is read of the run, where there is one.
  private let early: RunLock?

  /// A directory in use without --resume is `usage`.
  init(_ options: TrainingOptions) throws(Diagnostic) {
    run = RunDirectory(path: options.output)
    wasThere = fileKind(run.path) == .directory
    early = wasThere ? try RunLock(run.path) : nil
    checkpoint = try Self.checkpointToResume(run, options)
  }

  /// Makes the directory where there is none, and takes the right to write to it.
  func lock() throws(Diagnostic) -> RunLock {
    try makeDirectory(run.path)
    if let early { return early }
    let lock = try RunLock(run.path)
    if !wasThere, !run.isEmpty {
      throw Diagnostic(
        .usage, at: SourceLocation(file: run.path), "another process has begun a run in this directory",
        notes: ["continue it with --resume auto, or give another --output"])
    }
    return lock
  }

  private static func checkpointToResume(
    _ run: RunDirectory, _ options: TrainingOptions
  ) throws(Diagnostic) -> String? {
    let kind = fileKind(run.path)
    if kind == .file || kind == .other {
      throw Diagnostic(.cannotWrite, at: SourceLocation(file: run.path), "is a file, expected a directory for --output")
    }
    switch options.resume {
    case .no:
      if run.isEmpty { return nil }
      throw Diagnostic(
        .usage, at: SourceLocation(file: run.path), "the output directory is not empty",
        notes: ["continue the run in it with --resume auto, or give another --output"])
    case .auto:
      if let last = run.checkpointSteps.last { return run.checkpoint(last) }
      return try options.origin.map(existing)
    case .path(let path): return try existing(path)
    }
  }

  private static func existing(_ checkpoint: String) throws(Diagnostic) -> String {
    if fileKind(checkpoint + "/state.json") == .file { return checkpoint }
    throw Diagnostic(
      .noInput, at: SourceLocation(file: checkpoint),
      fileKind(checkpoint) == .directory ? "the directory holds no state.json" : "no such checkpoint directory",
      notes: RunDirectory(path: checkpoint).checkpointHint)
  }

  /// A checkpoint that cannot be read: the newest of the others is named.
  func namingOtherCheckpoints(_ error: Diagnostic) -> Diagnostic {
    guard error.code == .badData || error.code == .noInput,
      let other = run.checkpointSteps.last(where: { run.checkpoint($0) != checkpoint })
    else { return error }
    var error = error
    error.notes.append("another checkpoint of this run: --resume \(run.checkpoint(other))")
    return error
  }
}
