import Training

/// `mrmc study`: initial weights × shares of the labels × seeds. Each run is trained, resumed and measured by the training
/// program, one after another; at the end they are put together.
public struct Study {
  public var plan: StudyPlan
  /// Whether runs whose inputs have changed are done again.
  public var redoes = false
  /// Whether the training program's own progress is shown.
  public var isVerbose = false

  public init(_ plan: StudyPlan) { self.plan = plan }

  /// Does what is left to do and writes the results to the folder and, as Markdown, to stdout. `interrupted` or `terminated`
  /// after a signal, with the run under way checkpointed.
  public func run() throws(Diagnostic) {
    let output = try checkedOutput()
    let files = try StudyFiles(plan)
    do throws(Diagnostic) {
      try Interruption.watched { () throws(Diagnostic) in try study(files, output) }
    } catch {
      guard error.code == .interrupted || error.code == .terminated else { throw error }
      var error = error
      error.notes.append("the same command goes on where it stopped")
      throw error
    }
  }

  /// Lists the runs and how far they are on stdout; writes nothing. A model that is not built yet has no runs.
  public func list() throws(Diagnostic) {
    let output = try checkedOutput()
    let files = try StudyFiles(plan)
    var lines: [String] = []
    if plan.program == nil, fileKind(output + "/program") == .absent {
      lines = names.map { "\($0)  to do" }
    } else {
      let program = try StudyProgram(path: plan.program ?? output + "/program")
      try program.check(metric: plan.metric)
      for run in runs(program, files, output) {
        let state: String
        switch try run.state() {
        case .absent: state = "to do"
        case .begun(let step): state = "begun, step \(step)"
        case .done(let result):
          state = "done, \(plan.metric) \(result.value(plan.metric)?.significant(5) ?? "not defined")"
        case .changed(let changes): state = "inputs changed: " + changes.joined(separator: ", ")
        }
        lines.append("\(run.name)  \(state)")
      }
    }
    for line in lines { StandardStream.out.line(line) }
  }

  private func study(_ files: StudyFiles, _ output: String) throws(Diagnostic) {
    try makeDirectory(output)
    let lock = try RunLock(output)
    defer { withExtendedLifetime(lock) {} }
    let program: StudyProgram
    if let path = plan.program {
      program = try StudyProgram(path: path)
    } else {
      program = try StudyProgram.built(plan.model!, in: output, replaces: redoes)
    }
    try program.check(metric: plan.metric)
    let runs = runs(program, files, output)
    let states = try checkedStates(runs)
    let trainer = StudyTrainer(plan, program, files, isVerbose: isVerbose)
    let left = zip(runs, states).filter { if case .done = $1 { false } else { true } }.map { $0.0 }
    try trainer.check(left)

    var progress = StudyProgress(total: runs.count, left: left.map(\.share))
    for (run, state) in zip(runs, states) { if case .done(let result) = state { progress.count(run, result) } }
    var results: [(run: StudyRun, result: StudyResult)] = []
    for (run, state) in zip(runs, states) {
      if case .done(let result) = state {
        run.tidy(result)
        results.append((run, result))
        continue
      }
      var step: Int?
      if case .begun(let known) = state { step = known }
      progress.begin(run, from: step)
      try run.prepare(fresh: step == nil)
      let result = try trainer.train(run)
      try run.finish(result)
      progress.end(run, result, metric: plan.metric)
      results.append((run, result))
    }
    try write(StudySummary(plan, program, files, results), output)
  }

  private func write(_ summary: StudySummary, _ output: String) throws(Diagnostic) {
    try AtomicFile.write(summary.csv, to: output + "/study.csv")
    try AtomicFile.write(summary.json.pretty, to: output + "/study.json")
    try AtomicFile.write(summary.picture, to: output + "/curve.svg")
    try AtomicFile.write(summary.markdown, to: output + "/study.md")
    StandardStream.out.write(summary.markdown)
  }

  /// Seeds outermost: a study that is stopped has every kind of weights and every share for the seeds so far.
  private func runs(_ program: StudyProgram, _ files: StudyFiles, _ output: String) -> [StudyRun] {
    combinations.map { weights, share, seed in
      let inputs = StudyInputs(
        program: program.irHash, hashes: files.hashes(for: weights), share: share, fractionSeed: plan.fractionSeed,
        seed: seed, metric: plan.metric, flags: plan.trainFlags + share.flags)
      return StudyRun(
        weights: weights, share: share, seed: seed, inputs: inputs,
        folder: "\(output)/runs/\(StudyRun.name(weights, share, seed))")
    }
  }

  private var names: [String] { combinations.map { StudyRun.name($0, $1, $2) } }

  private var combinations: [(StudyPlan.InitialWeights, StudyPlan.LabelShare, UInt64)] {
    plan.seeds.flatMap { seed in
      plan.shares.flatMap { share in plan.initialWeights.map { ($0, share, seed) } }
    }
  }

  /// How far each run is; changed inputs are `usage`, or with `redoes` nothing done.
  private func checkedStates(_ runs: [StudyRun]) throws(Diagnostic) -> [StudyRun.State] {
    var states: [StudyRun.State] = []
    for run in runs {
      let state = try run.state()
      if case .changed(let changes) = state {
        if !redoes {
          throw Diagnostic(
            .usage, at: SourceLocation(file: run.folder),
            "the run was done otherwise: changed since: \(changes.joined(separator: ", "))",
            notes: ["--redo does it again; or give another --output"])
        }
        states.append(.absent)
      } else {
        states.append(state)
      }
    }
    return states
  }

  /// The study's folder; `usage` for what is missing.
  private func checkedOutput() throws(Diagnostic) -> String {
    if plan.program != nil, plan.model != nil { throw Diagnostic(.usage, "--program and --model exclude each other") }
    if plan.program == nil, plan.model == nil {
      throw Diagnostic(.usage, "--program is missing: a training program, or --model to build one")
    }
    if plan.initialWeights.isEmpty {
      throw Diagnostic(.usage, "--init is missing: initial weights, such as scratch=none and mae=mae.safetensors")
    }
    if plan.shares.isEmpty {
      throw Diagnostic(.usage, "--fractions is missing: shares of the labels, such as 0.01,0.1")
    }
    if plan.seeds.isEmpty { throw Diagnostic(.usage, "--seeds is missing: the seeds of the runs, such as 0,1,2") }
    guard let output = plan.output, !output.isEmpty else {
      throw Diagnostic(.usage, "--output is missing: the study's folder")
    }
    return output
  }
}
