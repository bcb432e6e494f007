import Data
import Execution
import Interpolation

/// Everything a training run can be told, resolved: flags first, then what the run to resume was given, then the task's recipe.
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

  /// The form of progress on stderr.
  public enum LogFormat: String, Sendable, Hashable { case text, json }

  public var data: String
  /// The tokenizer's file, where texts are read.
  public var tokenizer: String?
  public var output: String
  public var fraction: Fraction?
  /// The length of the run; of it and the warm-up, both in epochs or both in optimiser steps.
  public var length: Recipe.Length
  public var warmup: Recipe.Length
  /// Micro-batches per optimiser step.
  public var accumulate = 1
  public var rate: Recipe.Rate
  /// The numbers that the step takes, with the values of this run.
  public var hyperparameters: [Hyperparameter]
  /// The file that training starts from.
  public var initWeights: String?
  /// How that file's position tables become those of another grid.
  public var positions = GridInterpolation.bicubic
  public var resume = Resume.no
  /// The checkpoint that the run went on from, in its directory or another's: where it starts while it has none of its own.
  public var origin: String?
  /// Optimiser steps between checkpoints; unless given, those of an epoch, 1000 at most.
  public var saveEvery: Int?
  /// How many checkpoints stay; all unless given.
  public var keep: Int?
  public var validation: ValidationOptions?
  public var seed: UInt64 = 0
  public var threads = ThreadPool.processors
  public var logFormat = LogFormat.text
  public var quiet = false
  /// Where the Chrome trace goes.
  public var profile: String?

  /// What counts may be at most: products of two of them, and of one and the records of a batch, are exact.
  static let most = 1 << 30

  /// The task's recipe and the standard values of the step's numbers.
  public init(_ program: ProgramDescription, data: String, tokenizer: String? = nil, output: String) {
    self.data = data
    self.tokenizer = tokenizer
    self.output = output
    length = program.task.recipe.length
    warmup = program.task.recipe.warmup
    rate = program.task.recipe.rate
    hyperparameters = program.hyperparameters
  }

  /// The optimiser steps of the run, where its length is told in steps.
  public var steps: Int? {
    if case .steps(let steps) = length { return steps }
    return nil
  }

  /// The epochs of the run, where its length is told in epochs.
  public var epochs: Double? {
    if case .epochs(let epochs) = length { return epochs }
    return nil
  }

  var warmupSteps: Int? {
    if case .steps(let steps) = warmup { return steps }
    return nil
  }

  var warmupEpochs: Double? {
    if case .epochs(let epochs) = warmup { return epochs }
    return nil
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
          .usage, "\(flag) \(value.significant(6)): expected \(flag == "--epochs" ? "a number above 0" : "0 or more")")
      }
    }
    try positive("steps", steps)
    try positive("accumulate", accumulate)
    try positive("save-every", saveEvery)
    try positive("keep", keep)
    for (flag, value) in [("epochs", epochs), ("warmup-epochs", warmupEpochs)] {
      guard let value, value > Double(Self.most) else { continue }
      throw Diagnostic(.usage, "--\(flag) \(value.significant(6)): expected at most \(Self.most)")
    }
    try finite("--epochs", epochs, epochs ?? 1 > 0)
    try finite("--warmup-epochs", warmupEpochs, true)
    switch rate {
    case .base(let value): try finite("--blr", value, true)
    case .peak(let value): try finite("--lr", value, true)
    }
    for value in hyperparameters { try finite(value.flag, value.value, true) }
    if let warmupSteps, !(0...Self.most).contains(warmupSteps) {
      throw Diagnostic(.usage, "--warmup-steps \(warmupSteps): expected 0 to \(Self.most)")
    }
    if !ThreadPool.counts.contains(threads) {
      throw Diagnostic(.usage, "--threads \(threads): expected 1 to \(ThreadPool.counts.upperBound)")
    }
    try positive("eval-every", validation?.every)
    try positive("patience", validation?.patience)
    try fraction?.validate()
  }

  /// The course of the learning rate for micro-batches of `batch` records.
  public func learningRate(_ schedule: Schedule, batch: Int) -> LearningRate {
    let peak =
      switch rate {
      case .peak(let value): value
      case .base(let value): LearningRate.peak(base: value, effectiveBatch: batch * accumulate)
      }
    if let steps { return LearningRate(schedule, peak: peak, horizon: .steps(total: steps, warmup: warmupSteps ?? 0)) }
    return LearningRate(schedule, peak: peak, horizon: .epochs(total: epochs!, warmup: warmupEpochs ?? 0))
  }

  /// Optimiser steps of the whole run.
  public func totalSteps(microBatchesPerEpoch: Int) -> Int {
    steps ?? Int(epochs! * Double(microBatchesPerEpoch)) / accumulate
  }

  /// The options as `config.json` holds them: paths from the root on, so that the run can be resumed from anywhere.
  func json(_ schedule: Schedule, batch: Int) -> JSON {
    func path(_ value: String?) -> JSON { value.map { .string($0 == "-" ? $0 : resolvedPath($0)) } ?? .null }
    func optional(_ value: Int?) -> JSON { value.map { .integer($0) } ?? .null }
    func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    var (base, peak): (Double?, Double?)
    switch rate {
    case .base(let value): base = value
    case .peak(let value): peak = value
    }
    var members = [
      JSONMember("data", path(data)), JSONMember("tokenizer", path(tokenizer)),
      JSONMember("fraction", optional(fraction?.share)),
      JSONMember("fraction_seed", fraction.map { .string(String($0.seed)) } ?? .null),
      JSONMember("epochs", optional(epochs)), JSONMember("warmup_epochs", optional(warmupEpochs)),
      JSONMember("steps", optional(steps)), JSONMember("warmup_steps", optional(warmupSteps)),
      JSONMember("accumulate", .integer(accumulate)), JSONMember("blr", optional(base)),
      JSONMember("lr", optional(peak)),
      JSONMember("peak_lr", .number(learningRate(schedule, batch: batch).peak)),
      JSONMember("effective_batch", .integer(batch * accumulate)),
    ]
    members += hyperparameters.map { JSONMember($0.name, .number($0.value)) }
    members += [
      JSONMember("init_weights", path(initWeights)),
      JSONMember("positions", initWeights == nil ? .null : .string(positions.rawValue)),
      JSONMember("resumed_from", path(origin)),
      JSONMember("save_every", optional(saveEvery)), JSONMember("keep", optional(keep)),
      JSONMember("valid", path(validation?.list)), JSONMember("eval_every", optional(validation?.every)),
      JSONMember("keep_best", validation?.keepBest.map { .string($0) } ?? .null),
      JSONMember("patience", optional(validation?.patience)), JSONMember("seed", .string(String(seed))),
      JSONMember("threads", .integer(threads)),
    ]
    return .object(members)
  }
}

/// What is measured on held-out records while training.
public struct ValidationOptions: Sendable, Hashable {
  /// The list of the held-out records.
  public var list: String
  /// Optimiser steps between evaluations; unless given, those of an epoch, 1000 at most.
  public var every: Int?
  /// The metric whose best checkpoint is kept.
  public var keepBest: String?
  /// Evaluations without a better value after which training stops.
  public var patience: Int?

  public init(list: String, every: Int? = nil, keepBest: String? = nil, patience: Int? = nil) {
    self.list = list
    self.every = every
    self.keepBest = keepBest
    self.patience = patience
  }
}
