import Support

/// Everything a training run can be told, resolved: flags first, then what the run to resume was given, then defaults.
public struct TrainingOptions: Sendable, Hashable {
  /// How a run that exists is taken up again.
  public enum Resume: Sendable, Hashable {
    /// Not at all: the output directory must be empty.
    case no
    /// From the newest checkpoint in the output directory, or from the start when there is none.
    case auto
    /// From the checkpoint in this directory.
    case path(String)
  }

  public enum LogFormat: String, Sendable, Hashable { case text, json }

  public var data: String
  public var tokenizer: String
  public var output: String
  /// The horizon in epochs, unless `steps` is given.
  public var epochs = 200.0
  public var warmupEpochs = 40.0
  /// The horizon in optimiser steps.
  public var steps: Int?
  /// A fifth of `steps` unless given.
  public var warmupSteps: Int?
  /// Micro-batches per optimiser step.
  public var accumulate = 1
  /// The base learning rate: times effective batch / 256.
  public var baseLearningRate = 1.5e-4
  /// The peak learning rate itself; wins over the base rate.
  public var learningRate: Double?
  public var weightDecay = 0.05
  public var initWeights: String?
  public var resume = Resume.no
  /// The checkpoint that the run went on from, in its directory or another's: where it starts while it has none of its own.
  public var origin: String?
  /// Optimiser steps between checkpoints; unless given, those of an epoch, 1000 at most.
  public var saveEvery: Int?
  /// How many checkpoints stay; all unless given.
  public var keep: Int?
  public var seed: UInt64 = 0
  public var threads = ThreadPool.processors
  public var logFormat = LogFormat.text
  public var quiet = false
  /// Where the Chrome trace goes.
  public var profile: String?

  /// What counts may be at most: products of two of them, and of one and the records of a batch, are exact.
  static let most = 1 << 30

  public init(data: String, tokenizer: String, output: String) {
    self.data = data
    self.tokenizer = tokenizer
    self.output = output
  }

  /// Refuses values that make no sense: `usage`.
  public func validate() throws(Diagnostic) {
    func positive(_ flag: String, _ value: Int?) throws(Diagnostic) {
      if let value, !(1...Self.most).contains(value) {
        throw Diagnostic(.usage, "--\(flag) \(value): expected 1 to \(Self.most)")
      }
    }
    func finite(_ flag: String, _ value: Double?, _ allowed: Bool) throws(Diagnostic) {
      if let value, !value.isFinite || value < 0 || !allowed {
        throw Diagnostic(
          .usage, "--\(flag) \(value.significant(6)): expected \(flag == "epochs" ? "a number above 0" : "0 or more")")
      }
    }
    try positive("steps", steps)
    try positive("accumulate", accumulate)
    try positive("save-every", saveEvery)
    try positive("keep", keep)
    for (flag, value) in [("epochs", epochs), ("warmup-epochs", warmupEpochs)] where value > Double(Self.most) {
      throw Diagnostic(.usage, "--\(flag) \(value.significant(6)): expected at most \(Self.most)")
    }
    try finite("epochs", epochs, epochs > 0)
    try finite("warmup-epochs", warmupEpochs, true)
    try finite("blr", baseLearningRate, true)
    try finite("lr", learningRate, true)
    try finite("weight-decay", weightDecay, true)
    if let warmupSteps, !(0...Self.most).contains(warmupSteps) {
      throw Diagnostic(.usage, "--warmup-steps \(warmupSteps): expected 0 to \(Self.most)")
    }
    if !ThreadPool.counts.contains(threads) {
      throw Diagnostic(.usage, "--threads \(threads): expected 1 to \(ThreadPool.counts.upperBound)")
    }
  }

  /// The schedule for micro-batches of `batch` records.
  public func schedule(batch: Int) -> LearningRate {
    let peak = learningRate ?? LearningRate.peak(base: baseLearningRate, effectiveBatch: batch * accumulate)
    if let steps {
      return LearningRate(peak: peak, horizon: .steps(total: steps, warmup: warmupSteps ?? steps / 5))
    }
    return LearningRate(peak: peak, horizon: .epochs(total: epochs, warmup: warmupEpochs))
  }

  /// Optimiser steps of the whole run.
  public func totalSteps(microBatchesPerEpoch: Int) -> Int {
    steps ?? Int(epochs * Double(microBatchesPerEpoch)) / accumulate
  }

  /// The options as `config.json` holds them: paths from the root on, so that the run can be resumed from anywhere.
  public func json(batch: Int) -> JSON {
    func path(_ value: String) -> JSON { .string(value == "-" ? value : resolvedPath(value)) }
    func optional(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
    return [
      "data": path(data), "tokenizer": path(tokenizer), "epochs": steps == nil ? .number(epochs) : .null,
      "warmup_epochs": steps == nil ? .number(warmupEpochs) : .null, "steps": optional(steps),
      "warmup_steps": optional(steps.map { warmupSteps ?? $0 / 5 }), "accumulate": .integer(accumulate),
      "blr": learningRate == nil ? .number(baseLearningRate) : .null, "lr": learningRate.map { .number($0) } ?? .null,
      "peak_lr": .number(schedule(batch: batch).peak), "effective_batch": .integer(batch * accumulate),
      "weight_decay": .number(weightDecay), "init_weights": initWeights.map(path) ?? .null,
      "resumed_from": origin.map(path) ?? .null, "save_every": optional(saveEvery), "keep": optional(keep),
      "seed": .string(String(seed)),
      "threads": .integer(threads),
    ]
  }
}
