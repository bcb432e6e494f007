import Data
import Interpolation

/// Resolves the flags of `train`: what was not given comes from the run to resume, then from the task's recipe.
struct TrainingFlags {
  private let flags: TrainCommand
  private let program: ProgramDescription
  /// What the run to resume was told.
  private let config: JSON?

  init(_ flags: TrainCommand, _ program: ProgramDescription) throws(Diagnostic) {
    self.flags = flags
    self.program = program
    config = try Self.knownConfig(flags)
  }

  func options() throws(Diagnostic) -> TrainingOptions {
    guard let data = flags.data ?? config?["data"]?.stringValue else {
      throw Diagnostic(.usage, "--data is missing")
    }
    var options = TrainingOptions(
      program, data: data, tokenizer: flags.tokenizer ?? config?["tokenizer"]?.stringValue, output: flags.output)
    try setLength(&options)
    options.accumulate = flags.accumulate ?? config?["accumulate"]?.intValue ?? options.accumulate
    if let peak = flags.lr ?? (flags.blr == nil ? config?["lr"]?.doubleValue : nil) {
      options.rate = .peak(peak)
    } else if let base = flags.blr ?? config?["blr"]?.doubleValue {
      options.rate = .base(base)
    }
    try setHyperparameters(&options)
    if let share = flags.fraction ?? config?["fraction"]?.doubleValue {
      options.fraction = Fraction(
        share, seed: flags.fractionSeed ?? config?["fraction_seed"]?.stringValue.flatMap { UInt64($0) } ?? 0)
    } else if flags.fractionSeed != nil {
      throw Diagnostic(.usage, "--fraction-seed goes with --fraction")
    }
    options.initWeights = try initialWeights()
    options.positions = try positions(initWeights: options.initWeights)
    options.saveEvery = flags.saveEvery ?? config?["save_every"]?.intValue
    options.keep = flags.keep ?? config?["keep"]?.intValue
    options.validation = try validation()
    options.seed = flags.seed ?? config?["seed"]?.stringValue.flatMap { UInt64($0) } ?? options.seed
    options.threads = try resolveThreads(flags.threads, config?["threads"]?.intValue)
    options.resume = flags.resume.map { $0 == "auto" ? .auto : .path($0) } ?? .no
    options.origin = flags.resume == "auto" ? config?["resumed_from"]?.stringValue : flags.resume
    options.logFormat = flags.logFormat
    options.quiet = flags.quiet
    options.profile = flags.profile
    return options
  }

  /// Length and warm-up in one unit: that of the flags, else that of the run, else that of the recipe. The warm-up is the
  /// recipe's; in the other unit, or of another number of steps, it has the recipe's share of the run.
  private func setLength(_ options: inout TrainingOptions) throws(Diagnostic) {
    let isGiven = flags.epochs != nil || flags.steps != nil
    let steps = flags.steps ?? (isGiven ? nil : config?["steps"]?.intValue)
    let epochs = flags.epochs ?? (steps == nil ? config?["epochs"]?.doubleValue : nil)
    let recipe = program.task.recipe
    if let steps {
      options.length = .steps(steps)
      options.warmup = .steps(
        (isGiven ? nil : config?["warmup_steps"]?.intValue) ?? Int(Double(steps) * recipe.warmupCount / recipe.count))
    } else if let epochs {
      options.length = .epochs(epochs)
      options.warmup = .epochs(
        config?["warmup_epochs"]?.doubleValue ?? recipe.warmup.epochs ?? epochs * recipe.warmupCount / recipe.count)
    }
    if let count = flags.warmupSteps {
      if options.steps == nil {
        throw Diagnostic(.usage, "--warmup-steps goes with --steps: the length of this run is in epochs")
      }
      options.warmup = .steps(count)
    }
    if let count = flags.warmupEpochs {
      if options.steps != nil {
        throw Diagnostic(.usage, "--warmup-epochs goes with --epochs: the length of this run is in steps")
      }
      options.warmup = .epochs(count)
    }
  }

  private func setHyperparameters(_ options: inout TrainingOptions) throws(Diagnostic) {
    for index in options.hyperparameters.indices {
      let parameter = options.hyperparameters[index]
      let prefix = parameter.name + "="
      if let text = flags.hyper.last(where: { $0.hasPrefix(prefix) })?.dropFirst(prefix.count) {
        guard let value = Double(text) else {
          throw Diagnostic(.usage, "\(parameter.flag) \(text): expected a number")
        }
        options.hyperparameters[index].value = value
      } else if let value = config?[parameter.name]?.doubleValue {
        options.hyperparameters[index].value = value
      }
    }
  }

  private func validation() throws(Diagnostic) -> ValidationOptions? {
    guard let list = flags.valid ?? config?["valid"]?.stringValue else {
      for (flag, isGiven) in [
        ("--eval-every", flags.evalEvery != nil), ("--keep-best", flags.keepBest != nil),
        ("--patience", flags.patience != nil),
      ] where isGiven {
        throw Diagnostic(.usage, "\(flag) goes with --valid LIST: nothing is measured without held-out records")
      }
      return nil
    }
    let result = ValidationOptions(
      list: list, every: flags.evalEvery ?? config?["eval_every"]?.intValue,
      keepBest: flags.keepBest ?? config?["keep_best"]?.stringValue,
      patience: flags.patience ?? config?["patience"]?.intValue)
    if result.patience != nil, result.keepBest == nil {
      throw Diagnostic(.usage, "--patience goes with --keep-best METRIC, which says what better means")
    }
    return result
  }

  /// The file of `--init-weights`; `usage` where a checkpoint, or what the run was told before, says otherwise.
  private func initialWeights() throws(Diagnostic) -> String? {
    let known = config?["init_weights"]?.stringValue
    guard let given = flags.initWeights else { return known }
    if let resume = flags.resume, resume != "auto" {
      throw Diagnostic(
        .usage, "--init-weights and --resume \(resume) exclude each other: a checkpoint holds its parameters")
    }
    if config != nil, known != resolvedPath(given) {
      throw Diagnostic(
        .usage, "--init-weights \(given): the run to resume \(known.map { "started from \($0)" } ?? "started afresh")",
        notes: ["leave the flag out, or give another --output"])
    }
    return given
  }

  private func positions(initWeights: String?) throws(Diagnostic) -> GridInterpolation {
    if flags.positions != nil, initWeights == nil {
      throw Diagnostic(.usage, "--positions goes with --init-weights FILE, whose tables it is for")
    }
    return flags.positions ?? config?["positions"]?.stringValue.flatMap { GridInterpolation(rawValue: $0) } ?? .bicubic
  }

  /// What the run to resume was told: the one in the output, or the one that the checkpoint lies in.
  private static func knownConfig(_ flags: TrainCommand) throws(Diagnostic) -> JSON? {
    guard let resume = flags.resume else { return nil }
    let path = resolvedPath(resume)
    let runs = [flags.output] + (resume == "auto" ? [] : [directoryName(path), path])
    for run in runs.map({ RunDirectory(path: $0) }) where fileKind(run.configFile) == .file {
      return try JSON.read(path: run.configFile)["train"]
    }
    return nil
  }
}

extension Recipe {
  /// Epochs or steps of the run, and of its warm-up.
  fileprivate var count: Double { length.epochs ?? Double(length.steps!) }
  fileprivate var warmupCount: Double { warmup.epochs ?? Double(warmup.steps!) }
}
