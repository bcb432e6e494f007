import CRuntime
import Glibc
import Records
import Support

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
  mutating func run() throws(Diagnostic) -> ExitCode {
    mrm_signals_catch()
    session.memory.set("weight_decay", Float(session.options.weightDecay))
    session.memory.set("scale", 1 / Float(session.options.accumulate))
    for note in session.notes { progress.note(note) }
    let options = session.options
    let saveEvery = options.saveEvery ?? min(1000, max(1, session.loader.batchesPerEpoch / options.accumulate))
    while session.position.step < session.totalSteps {
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
      try session.log.append(line)
      progress.report(line)
      if session.position.step % saveEvery == 0 { try save() }
    }
    try save()
    return .success
  }

  private mutating func stopIfAsked() throws(Diagnostic) -> ExitCode? {
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
    let rate = session.schedule.rate(step: position.step, epoch: position.epoch)
    session.memory.set("lr", Float(rate))
    session.memory.set("step", Int64(position.step + 1))
    var wait = 0.0
    var losses = LossMeans()
    for microBatch in position.microBatches..<position.microBatches + accumulate {
      if current == nil { wait += try loadFirst(microBatch) }
      let batch = current!
      try batch.check()
      wait += try runMicroBatch(batch, number: microBatch)
      losses.add(session.memory, session.stepFunctions[0].name)
      if !losses.areFinite { throw nonFinite("loss", batch, updated: accumulate == 1) }
    }
    if let apply = session.applyFunction, case .notFinite(let name, let kernel) = apply.run(profile: session.profile) {
      throw nonFinite(name, nil, kernel: kernel)
    }
    let norm = session.memory.scalar(session.applyFunction?.name ?? "train_step", "grad_norm")
    if let norm, !norm.isFinite { throw nonFinite("the gradient's norm", nil, updated: true) }
    session.position.step += 1
    session.position.microBatches += accumulate
    let seconds = (ContinuousClock.now - start).seconds
    return LogLine(
      step: session.position.step, epoch: position.epoch, loss: losses.mean("loss") ?? 0,
      lossImage: losses.mean("loss_image"), lossReport: losses.mean("loss_report"), learningRate: rate,
      gradientNorm: norm, imagesPerSecond: Double(accumulate * session.image.manifest.batch) / max(seconds, 1e-9),
      dataWait: wait, residentBytes: residentBytes())
  }

  /// Runs one micro-batch while the next is read; returns the seconds spent on reading.
  private mutating func runMicroBatch(_ batch: BatchTasks, number: Int) throws(Diagnostic) -> Double {
    let function = session.stepFunctions[side]
    let isLast = number + 1 == session.totalSteps * session.options.accumulate
    let next = isLast ? nil : session.loader.prepare(batch: number + 1, into: session.memory.batches[1 - side].buffers)
    session.memory.set("seed", batch.dropoutSeed)
    let outcome = function.run(tasks: next, profile: session.profile)
    current = next
    side = 1 - side
    if case .notFinite(let name, let kernel) = outcome { throw nonFinite(name, batch, kernel: kernel) }
    return function.taskSeconds
  }

  /// Reads the first micro-batch of this process; there is no step to read it beside.
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
        _ = try Checkpoint.save(session.run, position, session.image.manifest, session.memory.state)
      } catch {
        var error = error
        if let last = session.run.checkpointSteps.last(where: { $0 < position.step }) {
          error.notes.append("\(session.run.checkpoint(last)) is whole: make room, then go on with --resume auto")
        }
        throw error
      }
      savedStep = position.step
      if let keep = session.options.keep { session.run.prune(keep: keep, upTo: position.step) }
      try RunCurves.write(session.log.curves, title: session.image.manifest.model, to: session.run.curvesFile)
    }
    return name
  }
}

/// Sums of the losses over the micro-batches of a step, in their order.
private struct LossMeans {
  private var sums: [String: Float] = [:]
  private var count: Float = 0

  mutating func add(_ memory: ProgramMemory, _ function: String) {
    count += 1
    for name in ["loss", "loss_image", "loss_report"] {
      if let value = memory.scalar(function, name) { sums[name, default: 0] += value }
    }
  }

  var areFinite: Bool { sums["loss"]?.isFinite ?? true }

  func mean(_ name: String) -> Float? { sums[name].map { $0 / count } }
}
