import CRuntime
import Records
import Support

/// A training run made ready: memory, data, parameters and position, everything but the loop.
final class TrainingSession {
  let image: ProgramImage
  let options: TrainingOptions
  let run: RunDirectory
  let pool: ThreadPool
  let memory: ProgramMemory
  let loader: BatchLoader
  let schedule: LearningRate
  let totalSteps: Int
  /// Reads one micro-batch each, one per batch memory: the whole step, or one micro-batch of it.
  let stepFunctions: [BoundFunction]
  /// With accumulation: the update after the last micro-batch.
  let applyFunction: BoundFunction?
  let log: TrainingLog
  private let lock: RunLock
  let profile: StepProfile?
  /// What the run tells before its first step.
  private(set) var notes: [String]
  var position: TrainingPosition

  init(_ image: ProgramImage, _ options: TrainingOptions) throws(Diagnostic) {
    try options.validate()
    let manifest = image.manifest
    let functions = options.accumulate > 1 ? ["accumulate", "apply"] : ["train_step"]
    run = RunDirectory(path: options.output)
    // Before anything is read of the run, where there is one.
    let wasThere = fileKind(run.path) == .directory
    let early = wasThere ? try RunLock(run.path) : nil
    let checkpoint = try Self.checkpointToResume(run, options)
    pool = try ThreadPool(threads: options.threads)
    memory = try ProgramMemory(image, functions: functions, batches: 2, threads: options.threads)
    var bound: [BoundFunction] = []
    for batch in 0..<2 { bound.append(try memory.bind(functions[0], image, pool: pool, batch: batch)) }
    stepFunctions = bound
    applyFunction = options.accumulate > 1 ? try memory.bind("apply", image, pool: pool, batch: 0) : nil

    let tokenizer = try Tokenizer(path: options.tokenizer)
    let list = try TrainingList(path: options.data)
    loader = try BatchLoader(
      list: list, tokenizer: tokenizer, geometry: manifest.batchGeometry, mode: .training, seed: options.seed)
    schedule = options.schedule(batch: manifest.batch)
    totalSteps = options.totalSteps(microBatchesPerEpoch: loader.batchesPerEpoch)
    if totalSteps < 1 {
      throw Diagnostic(
        .usage,
        "--epochs \(options.epochs.significant(6)): less than one step of \(options.accumulate) micro-batches",
        notes: ["an epoch has \(loader.batchesPerEpoch) micro-batches; give more epochs, or --steps"])
    }
    var data = StableHash()
    data.update(list.fingerprint())
    data.update(try readFile(options.tokenizer))
    let start = TrainingPosition(
      seed: options.seed, batch: manifest.batch, microBatchesPerEpoch: loader.batchesPerEpoch,
      irHash: manifest.irHash, dataHash: data.hex)
    notes = [
      "\(manifest.model) (\(manifest.precision)): \(list.count) records, \(loader.batchesPerEpoch) micro-batches of "
        + "\(manifest.batch) per epoch, \(totalSteps) steps of \(options.accumulate * manifest.batch) records, "
        + "peak learning rate \(schedule.peak.significant(4)), \(options.threads) threads",
      memory.plan.text, FixedCosts(memory.plan, threads: options.threads).measured().text,
    ]
    if let warning = CPUCheck.blasWarning { notes.append("warning: " + warning) }
    if let checkpoint {
      do throws(Diagnostic) {
        position = try TrainingPosition(file: checkpoint + "/state.json")
        try start.check(continues: position, file: checkpoint + "/state.json")
        try Checkpoint.load(
          checkpoint, manifest, into: memory.state, seed: options.seed, threads: options.threads)
      } catch {
        throw Self.naming(otherCheckpointsOf: run, than: checkpoint, error)
      }
      notes.append("resumed from \(checkpoint) at step \(position.step)")
    } else {
      position = start
      if let file = options.initWeights {
        notes += try Self.initialWeights(file, manifest, memory.state, options)
      } else {
        try Weights.initialize(manifest, seed: options.seed, into: memory.state, threads: options.threads)
      }
    }
    if case .epochs(let total, let warmup) = schedule.horizon, warmup >= total {
      notes.append(
        "the warm-up (\(warmup.significant(4)) epochs) is as long as the run: the rate does not reach its peak; "
          + "--warmup-epochs shortens it")
    }
    profile = options.profile == nil ? nil : StepProfile()
    self.image = image
    self.options = options
    try makeDirectory(run.path)
    if let early { lock = early } else { lock = try RunLock(run.path) }
    if !wasThere, !run.isEmpty {
      throw Diagnostic(
        .usage, at: SourceLocation(file: run.path), "another process has begun a run in this directory",
        notes: ["continue it with --resume auto, or give another --output"])
    }
    run.removeUnfinished()
    // The log ends here too. Checkpoints first: killed in between, the run is taken up at the same step again.
    let superseded = try run.supersede(from: position.step, butFor: checkpoint)
    if !superseded.isEmpty {
      notes.append("checkpoints of what is given up are set aside as " + superseded.joined(separator: ", "))
    }
    log = try TrainingLog(path: run.logFile, resumingAt: position.step)
    if let checkpoint, position.step >= totalSteps {
      notes.append("\(checkpoint) has done \(position.step) of \(totalSteps) steps: there is nothing left to train")
      if fileKind(run.configFile) == .file { return }
    }
    try AtomicFile.write(config.pretty, to: run.configFile)
  }

  /// `config.json`: what the run resolved to.
  private var config: JSON {
    let manifest = image.manifest
    return [
      "model": .string(manifest.model), "precision": .string(manifest.precision),
      "compiler": .string(manifest.compiler), "ir_hash": .string(manifest.irHash), "batch": .integer(manifest.batch),
      "options": .object(manifest.options.map { JSONMember($0.key, .string($0.value)) }),
      "train": options.json(batch: manifest.batch), "total_steps": .integer(totalSteps),
      "planned_bytes": .integer(memory.plan.totalBytes),
    ]
  }

  /// The checkpoint directory to start from, or nil for a fresh run. A directory in use without --resume is `usage`.
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
  private static func naming(
    otherCheckpointsOf run: RunDirectory, than checkpoint: String, _ error: Diagnostic
  ) -> Diagnostic {
    guard error.code == .badData || error.code == .noInput,
      let other = run.checkpointSteps.last(where: { run.checkpoint($0) != checkpoint })
    else { return error }
    var error = error
    error.notes.append("another checkpoint of this run: --resume \(run.checkpoint(other))")
    return error
  }

  private static func initialWeights(
    _ file: String, _ manifest: Manifest, _ state: TensorBlock, _ options: TrainingOptions
  ) throws(Diagnostic) -> [String] {
    let reader = try Weights.reader(file)
    let absent = try Weights.load(
      reader, manifest, into: state, .encoder, seed: options.seed, threads: options.threads)
    var notes = ["parameters start from \(reader.path)"]
    if !absent.isEmpty {
      notes.append(
        "\(absent.count) parameters it does not hold start afresh: \(absent[0]) … \(absent[absent.count - 1])")
    }
    if let note = Weights.ignoredNote(reader, manifest) { notes.append(note) }
    return notes
  }
}
