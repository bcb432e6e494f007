import CRuntime
import Data
import Execution
import Glibc

/// The steps of a training run, from where the session stands to its end, a signal or an error.
struct TrainingLoop {
  private let session: TrainingSession
  private var progress: Progress
  private let firstStep: Int
  /// The micro-batch to train on next, and which of the two batch memories it lies in.
  private var current: BatchTasks?
  private var side = 0
  private var savedStep: Int?

  init(_ session: TrainingSession) {
    self.session = session
    firstStep = session.position.step
    progress = Progress(session.options, first: firstStep, total: session.totalSteps)
  }

  /// Trains to the end and returns `success`; stopped by a signal: checkpoints and returns `terminated` or
  /// `interrupted`. A loss that is not finite, and data found bad, are thrown; data after a checkpoint.
  mutating func run() throws(Diagnostic) -> ExitStatus {
    mrm_signals_catch()
    session.memory.set(session.options.hyperparameters)
    session.memory.set(.gradientScale, 1 / Double(session.options.accumulate))
    for note in session.notes { progress.note(note) }
    let options = session.options
    let saveEvery = options.saveEvery ?? min(1000, max(1, session.loader.batchesPerEpoch / options.accumulate))
    while session.position.step < session.totalSteps, !session.isOutOfPatience {
      if let code = try stopIfAsked() { return code }
      let line: LogLine
      do throws(Diagnostic) {
        line = try step()
      } catch {
        if error.code != .nonFiniteLoss {
          if session.position.step > firstStep { try save() } else if firstStep == 0 { session.run.emptyIfUnused() }
        }
        throw error
      }
      try session.log.append(line.json)
      progress.report(line)
      try validate()
      if session.position.step % saveEvery == 0 { try save() }
    }
    try save()
    if session.isOutOfPatience, session.position.step < session.totalSteps, let state = session.position.validation {
      progress.note(
        "stopped at step \(session.position.step) of \(session.totalSteps): \(state.metric ?? "") is no better for "
          + "\(state.since) evaluations")
    }
    if let best = session.position.validation?.best {
      progress.note("best: step \(best.step), \(session.run.best(best.step))")
    }
    return .success
  }

  private mutating func stopIfAsked() throws(Diagnostic) -> ExitStatus? {
    let signal = mrm_signal_noted()
    if signal == 0 { return nil }
    let name = try save()
    progress.note("stopped by \(signal == SIGTERM ? "SIGTERM" : "SIGINT"); continue with --resume \(name)")
    return signal == SIGTERM ? .terminated : .interrupted
  }

  /// One optimiser step. On an error nothing has been updated and the position is that before the step.
  private mutating func step() throws(Diagnostic) -> LogLine {
    let start = ContinuousClock.now
    let position = session.position
    let accumulate = session.options.accumulate
    let rate = session.learningRate.rate(
      step: position.step, epoch: position.epoch,
      stepEpochs: Double(accumulate) / Double(position.microBatchesPerEpoch))
    session.memory.set(.learningRate, rate)
    session.memory.set(.step, Int64(position.step + 1))
    var wait = 0.0
    var losses = LossMeans(session.functions)
    for microBatch in position.microBatches..<position.microBatches + accumulate {
      if current == nil { wait += try loadFirst(microBatch) }
      let batch = current!
      try batch.check()
      wait += try runMicroBatch(batch, number: microBatch)
      losses.add(session.memory)
      if !losses.isFinite { throw nonFinite("loss", batch, updated: accumulate == 1) }
    }
    if let apply = session.functions.apply, case .notFinite(let name, let kernel) = apply.run(profile: session.profile)
    {
      throw nonFinite(name, nil, kernel: kernel)
    }
    let norm = session.functions.norm(session.memory)
    if let norm, !norm.isFinite { throw nonFinite("the gradient's norm", nil, updated: true) }
    session.position.step += 1
    session.position.microBatches += accumulate
    let seconds = (ContinuousClock.now - start).seconds
    return LogLine(
      step: session.position.step, epoch: position.epoch, losses: losses.means, learningRate: rate, gradientNorm: norm,
      imagesPerSecond: Double(accumulate * session.image.description.batch) / max(seconds, 1e-9), dataWait: wait,
      residentBytes: ProcessMemory.residentBytes)
  }

  /// Runs one micro-batch while the next is read; returns the seconds spent on reading.
  private mutating func runMicroBatch(_ batch: BatchTasks, number: Int) throws(Diagnostic) -> Double {
    let function = session.functions.microBatch[side]
    let isLast = number + 1 == session.totalSteps * session.options.accumulate
    let next = isLast ? nil : session.loader.prepare(batch: number + 1, into: session.memory.batches[1 - side].buffers)
    session.memory.set(.seed, batch.dropoutSeed)
    let outcome = function.run(tasks: next?.region, profile: session.profile)
    current = next
    side = 1 - side
    if case .notFinite(let name, let kernel) = outcome { throw nonFinite(name, batch, kernel: kernel) }
    return function.taskSeconds
  }

  /// Measures the held-out records where it is time to, and at the end; keeps the parameters if they are the best so far.
  private mutating func validate() throws(Diagnostic) {
    let step = session.position.step
    guard let validation = session.validation, step % validation.every == 0 || step == session.totalSteps else {
      return
    }
    // The evaluation fills the batch memories: the next micro-batch is read again.
    current = nil
    let evaluation = try validation.evaluate()
    let metric = validation.options.keepBest
    let isBest =
      metric.map { session.position.validation?.add(evaluation.value($0), step: step) == true } ?? false
    let line = ValidationLine(step: step, epoch: session.position.epoch, evaluation: evaluation, isBest: isBest)
    try session.log.append(line.json)
    progress.note(line.text)
    if isBest {
      _ = try Checkpoint.save(
        session.run, session.position, session.image.description, session.memory.state, as: session.run.best(step))
    }
  }

  /// Reads a micro-batch that there was no step to read beside: the first one, and the first after an evaluation.
  private mutating func loadFirst(_ number: Int) throws(Diagnostic) -> Double {
    let start = ContinuousClock.now
    let tasks = session.loader.prepare(batch: number, into: session.memory.batches[side].buffers)
    session.pool.forEach(tasks.taskCount) { tasks.runTask($0) }
    current = tasks
    return (ContinuousClock.now - start).seconds
  }

  private func nonFinite(_ name: String, _ batch: BatchTasks?, kernel: String? = nil, updated: Bool = false)
    -> Diagnostic
  {
    let step = session.position.step + 1
    let last = session.run.checkpointSteps.last { $0 < step }
    let intact = last.map { "the checkpoint of step \($0) is intact; " } ?? ""
    return Diagnostic(
      .nonFiniteLoss,
      "step \(step): \(name) is not finite; "
        + (updated ? "no checkpoint was written" : "the parameters were not updated"),
      notes: (kernel.map { ["first op with values that are not finite: \($0)"] } ?? [])
        + (batch?.recordNames.map { "record \($0)" } ?? [])
        + [intact + "look at these records, or train with a lower learning rate"])
  }

  /// Writes the checkpoint of the current position, unless it has been written, and the curves.
  @discardableResult
  private mutating func save() throws(Diagnostic) -> String {
    let position = session.position
    let name = session.run.checkpoint(position.step)
    let isThere = savedStep == position.step || (position.step == firstStep && fileKind(name) == .directory)
    if !isThere {
      try session.log.synchronize()
      do throws(Diagnostic) {
        _ = try Checkpoint.save(session.run, position, session.image.description, session.memory.state)
      } catch {
        var error = error
        if let last = session.run.checkpointSteps.last(where: { $0 < position.step }) {
          error.notes.append("\(session.run.checkpoint(last)) is whole: make room, then go on with --resume auto")
        }
        throw error
      }
      savedStep = position.step
    }
    // Also for a checkpoint that was there: the process that wrote it may have been stopped here. Until now the checkpoint
    // before this one may have named another step the best.
    if let best = position.validation?.best { session.run.pruneBest(butFor: best.step) }
    if let keep = session.options.keep { session.run.prune(keep: keep, upTo: position.step) }
    try RunCurves.write(session.log.curves, title: session.image.description.model, to: session.run.curvesFile)
    return name
  }
}
