/// Trains and measures runs of a study by calling its training program.
struct StudyTrainer {
  private let plan: StudyPlan
  private let program: StudyProgram
  private let files: StudyFiles
  private let isVerbose: Bool

  init(_ plan: StudyPlan, _ program: StudyProgram, _ files: StudyFiles, isVerbose: Bool) {
    self.plan = plan
    self.program = program
    self.files = files
    self.isVerbose = isVerbose
  }

  /// Has the program look at lists, weights and flags before anything is trained: of every kind of initial weights, and of every
  /// share of the labels, one run. What the program would refuse is thrown, with its exit code.
  func check(_ runs: [StudyRun]) throws(Diagnostic) {
    var seen: (weights: [StudyPlan.InitialWeights], shares: [StudyPlan.LabelShare]) = ([], [])
    for (index, run) in runs.enumerated() {
      if seen.weights.contains(run.weights), seen.shares.contains(run.share) { continue }
      seen.weights.append(run.weights)
      seen.shares.append(run.share)
      try check(run, measuredOn: files.valid)
      if index == 0 { try check(run, measuredOn: files.test) }
    }
  }

  /// A run is opened in a folder that cannot be, which the program finds out after it has looked at all else.
  private func check(_ run: StudyRun, measuredOn list: String?) throws(Diagnostic) {
    let arguments = trainArguments(run, valid: list) + ["--output", "/dev/null/\(run.name)", "--quiet"]
    let outcome = try Toolchain.run(program.path, arguments, capture: true, mergesErrors: true)
    if outcome.status != ExitCode.cannotWrite.rawValue { throw failure("train", run, outcome) }
  }

  /// Trains a run, from its newest checkpoint on, and measures what is best of it.
  func train(_ run: StudyRun) throws(Diagnostic) -> StudyResult {
    let start = ContinuousClock.now
    let arguments =
      trainArguments(run, valid: files.valid) + ["--output", run.folder, "--resume", "auto"]
      + (isVerbose ? [] : ["--quiet"])
    let training = try Toolchain.run(program.path, arguments, capture: true, mergesErrors: !isVerbose)
    if training.status != 0 { throw failure("train", run, training) }
    guard let checkpoint = run.checkpoint(chosen: files.valid != nil) else {
      throw Diagnostic(
        .badData, at: SourceLocation(file: files.valid ?? run.folder),
        "\(run.name): \(plan.metric) is not defined on these records at any step: no checkpoint is the best")
    }
    let measuring = try Toolchain.run(
      program.path,
      ["eval", "--data", files.test, "--weights", "\(run.folder)/\(checkpoint.name)", "--json", "--bootstrap", "0"]
        + tokenizer, capture: true)
    if measuring.status != 0 { throw failure("eval", run, measuring) }
    let result = StudyResult(
      checkpoint: checkpoint.name, step: checkpoint.step,
      evaluation: try JSON.parse(measuring.output, file: "\(program.path) eval --json"),
      seconds: (ContinuousClock.now - start).seconds)
    if result.value(plan.metric) == nil {
      throw Diagnostic(
        .badData, at: SourceLocation(file: files.test), "\(run.name): \(plan.metric) is not defined on these records")
    }
    return result
  }

  private var tokenizer: [String] { files.tokenizer.map { ["--tokenizer", $0] } ?? [] }

  /// `train` and its flags but for the output. Flags of the plan come behind `--keep`, so that they win.
  private func trainArguments(_ run: StudyRun, valid: String?) -> [String] {
    ["train", "--data", files.data, "--fraction", run.share.text, "--fraction-seed", "\(plan.fractionSeed)"]
      + (valid.map { ["--valid", $0, "--keep-best", plan.metric] } ?? []) + tokenizer
      + (run.weights.file.map { ["--init-weights", $0] } ?? []) + ["--seed", "\(run.seed)", "--keep", "1"]
      + plan.trainFlags + run.share.flags
  }

  /// The error that the program wrote, with the run that it is of.
  private func failure(_ command: String, _ run: StudyRun, _ outcome: Toolchain.Outcome) -> Diagnostic {
    let code = outcome.status == 0 ? .failure : ExitCode(rawValue: outcome.status) ?? .failure
    let text = outcome.output.hasSuffix("\n") ? String(outcome.output.dropLast()) : outcome.output
    if text.isEmpty { return Diagnostic(code, "\(run.name): \(command) exited with \(outcome.status)") }
    var lines = text.split(separator: "\n").map { String($0.drop { $0 == " " }) }
    var message = lines.removeFirst()
    var location: SourceLocation?
    for mark in ["error: ", "Error: "] where message.hasPrefix(mark) { message.removeFirst(mark.count) }
    if let mark = message.firstRange(of: ": error: ") {
      location = SourceLocation(file: String(message[..<mark.lowerBound]))
      message = String(message[mark.upperBound...])
    }
    return Diagnostic(code, at: location, message, notes: lines + ["in the run \(run.name)"])
  }
}
