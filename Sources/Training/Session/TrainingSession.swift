import Data
import Execution

/// A training run made ready: memory, data, parameters and position, everything but the loop.
final class TrainingSession {
  let image: ProgramImage
  let options: TrainingOptions
  let run: RunDirectory
  let pool: ThreadPool
  let memory: ProgramMemory
  let loader: BatchLoader
  let learningRate: LearningRate
  let totalSteps: Int
  let functions: StepFunctions
  let validation: Validation?
  let log: TrainingLog
  let profile: StepProfile?
  /// Lines for people before the first step.
  private(set) var notes: [String]
  var position: TrainingPosition
  private let lock: RunLock

  /// `notes`: lines that come before the session's own.
  init(_ image: ProgramImage, _ options: TrainingOptions, notes first: [String] = []) throws(Diagnostic) {
    try options.validate()
    let program = image.description
    let opening = try RunOpening(options)
    let names = StepFunctions.names(accumulate: options.accumulate)
    let evaluate = options.validation == nil ? [] : [ProgramDescription.FunctionName.evaluate]
    let others = options.validation == nil ? [] : program.metricFeeds
    pool = try ThreadPool(threads: options.threads)
    memory = try ProgramMemory(
      image, functions: names + evaluate, feeds: program.feeds(of: names + evaluate, and: others), batches: 2,
      threads: options.threads)
    functions = try StepFunctions(image, accumulate: options.accumulate, memory: memory, pool: pool)

    let data = try TrainingData(program, options, functions: names, all: names + evaluate)
    loader = data.loader
    learningRate = options.learningRate(program.task.schedule, batch: program.batch)
    totalSteps = options.totalSteps(microBatchesPerEpoch: loader.batchesPerEpoch)
    if totalSteps < 1 {
      throw Diagnostic(
        .usage,
        "--epochs \((options.epochs ?? 0).significant(6)): less than one step of \(options.accumulate) micro-batches",
        notes: ["an epoch has \(loader.batchesPerEpoch) micro-batches; give more epochs, or --steps"])
    }
    let epochSteps = min(1000, max(1, loader.batchesPerEpoch / options.accumulate))
    if let valid = options.validation {
      validation = try Validation(
        image, valid, memory: memory, pool: pool, tokenizer: options.tokenizer, every: epochSteps)
    } else {
      validation = nil
    }
    var start = TrainingPosition(
      seed: options.seed, batch: program.batch, microBatchesPerEpoch: loader.batchesPerEpoch, irHash: program.irHash,
      dataHash: try data.hash())
    start.validation = validation?.start
    notes =
      first + [
        "\(program.model) (\(program.precision)): \(data.count), \(loader.batchesPerEpoch) micro-batches of "
          + "\(program.batch) per epoch, \(totalSteps) steps of \(options.accumulate * program.batch) records, "
          + "peak learning rate \(learningRate.peak.significant(4)), \(options.threads) threads",
        memory.plan.text, FixedCosts(memory.plan, threads: options.threads).measured().text,
      ]
    if let validation { notes.append(validation.note) }
    if let warning = CPUCheck.blasWarning { notes.append("warning: " + warning) }
    (position, notes) = try Self.start(image, options, opening, start, memory, notes)
    if let warmup = options.warmupEpochs, let epochs = options.epochs, warmup >= epochs {
      notes.append(
        "the warm-up (\(warmup.significant(4)) epochs) is as long as the run: the rate does not reach its peak; "
          + "--warmup-epochs shortens it")
    }
    profile = options.profile == nil ? nil : StepProfile()
    self.image = image
    self.options = options
    run = opening.run
    lock = try opening.lock()
    run.removeUnfinished()
    // The log ends here too. Checkpoints first: killed in between, the run is taken up at the same step again.
    if options.resume == .auto { run.removeBest(beyond: position.step) }
    let superseded = try run.supersede(from: position.step, butFor: opening.checkpoint)
    if !superseded.isEmpty {
      notes.append("checkpoints of what is given up are set aside as " + superseded.joined(separator: ", "))
    }
    log = try TrainingLog(path: run.logFile, resumingAt: position.step)
    if let checkpoint = opening.checkpoint, position.step >= totalSteps {
      notes.append("\(checkpoint) has done \(position.step) of \(totalSteps) steps: there is nothing left to train")
      if fileKind(run.configFile) == .file { return }
    }
    try AtomicFile.write(config.pretty, to: run.configFile)
  }

  /// Whether evaluations have brought nothing better for as long as the run was told to wait.
  var isOutOfPatience: Bool {
    guard let patience = options.validation?.patience, let state = position.validation else { return false }
    return state.since >= patience
  }

  /// `config.json`: what the run resolved to.
  private var config: JSON {
    let program = image.description
    return [
      "model": .string(program.model), "precision": .string(program.precision),
      "compiler": .string(program.compiler), "ir_hash": .string(program.irHash), "batch": .integer(program.batch),
      "options": .object(program.options.map { JSONMember($0.key, .string($0.value)) }),
      "train": options.json(program.task.schedule, batch: program.batch), "total_steps": .integer(totalSteps),
      "planned_bytes": .integer(memory.plan.totalBytes),
    ]
  }

  /// Gives parameters and optimiser state their values: those of a checkpoint, of a file, or the initial ones.
  private static func start(
    _ image: ProgramImage, _ options: TrainingOptions, _ opening: RunOpening, _ start: TrainingPosition,
    _ memory: ProgramMemory, _ notes: [String]
  ) throws(Diagnostic) -> (TrainingPosition, [String]) {
    let program = image.description
    guard let checkpoint = opening.checkpoint else {
      if let file = options.initWeights {
        return (start, notes + (try initialWeights(file, program, memory.state, options)))
      }
      try Weights.initialize(program, seed: options.seed, into: memory.state, threads: options.threads)
      return (start, notes)
    }
    var position: TrainingPosition
    do throws(Diagnostic) {
      position = try TrainingPosition(file: checkpoint + "/state.json")
      try start.check(continues: position, file: checkpoint + "/state.json")
      try Checkpoint.load(checkpoint, program, into: memory.state, seed: options.seed, threads: options.threads)
    } catch {
      throw opening.namingOtherCheckpoints(error)
    }
    var notes = notes + ["resumed from \(checkpoint) at step \(position.step)"]
    if position.validation?.metric != start.validation?.metric || start.validation == nil {
      position.validation = start.validation
    }
    if let best = position.validation?.best, fileKind(opening.run.best(best.step)) == .absent {
      notes.append("step \(best.step) was the best so far; its checkpoint is not in this directory")
    }
    return (position, notes)
  }

  private static func initialWeights(
    _ file: String, _ program: ProgramDescription, _ state: TensorBlock, _ options: TrainingOptions
  ) throws(Diagnostic) -> [String] {
    let source = try Weights.open(file)
    let report = try Weights.load(
      source, program, into: state, .start(positions: options.positions), seed: options.seed, threads: options.threads)
    var notes = ["parameters start from \(source.path)"] + report.notes
    if report.fresh.count == 1 { notes.append("one parameter starts afresh: \(report.fresh[0])") }
    if let last = report.fresh.dropFirst().last {
      notes.append("\(report.fresh.count) parameters start afresh: \(report.fresh[0]) … \(last)")
    }
    if let ignored = report.ignored { notes.append(ignored) }
    return notes
  }
}
