import ArgumentParser
import Glibc
import Support

/// `train`: flags first, then the environment, then `config.json` of the run to resume, then built-in values.
struct TrainCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "train", abstract: "Train on a list of images and reports.",
      discussion: """
        Writes config.json, log.jsonl, curves.svg and checkpoint-<step>/ to the output directory. On SIGTERM or Ctrl-C \
        the step is finished and checkpointed. A run continued with --resume gives the same bits as one never stopped, \
        and keeps the settings of its config.json unless flags change them. MRM_THREADS sets the threads.

        Examples:
          \(ProgramCommands.programName) train --data training.csv --tokenizer tokens.json \\
            --output run --epochs 200
          \(ProgramCommands.programName) train --data training.csv --tokenizer tokens.json \\
            --output run --steps 1000 --lr 3e-4 --save-every 100 --keep 3
          \(ProgramCommands.programName) train --output run --resume auto
        """)
  }

  @Option(help: "CSV list with the columns image_path and report_content.", completion: .file(extensions: ["csv"]))
  var data: String?
  @Option(help: "Tokenizer: Hugging Face tokenizer.json or BERT vocab.txt.", completion: .file())
  var tokenizer: String?
  @Option(help: "Directory of the run; empty or absent unless it is resumed.", completion: .directory)
  var output: String
  @Option(help: "Length of the run in epochs. (default: 200)")
  var epochs: Double?
  @Option(help: "Length of the run in optimiser steps, instead of epochs.")
  var steps: Int?
  @Option(help: "Epochs of linear warm-up. (default: 40)")
  var warmupEpochs: Double?
  @Option(help: "Optimiser steps of linear warm-up, with --steps. (default: a fifth of the steps)")
  var warmupSteps: Int?
  @Option(help: "Micro-batches per optimiser step. (default: 1)")
  var accumulate: Int?
  @Option(help: "Base learning rate: the peak is this times the effective batch / 256. (default: 1.5e-4)")
  var blr: Double?
  @Option(help: "Peak learning rate, instead of --blr.")
  var lr: Double?
  @Option(help: "Weight decay of matrices and embeddings. (default: 0.05)")
  var weightDecay: Double?
  @Option(help: "Start from the parameters of this safetensors file or checkpoint.", completion: .file())
  var initWeights: String?
  @Option(
    help: ArgumentHelp(
      "Continue from 'auto' (the newest checkpoint in the output) or a checkpoint.", valueName: "auto|path"))
  var resume: String?
  @Option(help: "Optimiser steps between checkpoints. (default: an epoch, at most 1000)")
  var saveEvery: Int?
  @Option(help: "Keep only the newest checkpoints, this many. (default: all)")
  var keep: Int?
  @Option(help: "Seed of everything random. (default: 0)")
  var seed: UInt64?
  @Option(help: "Threads. (default: the processors)")
  var threads: Int?
  @Option(help: ArgumentHelp("Progress on stderr as text or json.", valueName: "text|json"))
  var logFormat: TrainingOptions.LogFormat = .text
  @Flag(help: "No progress, only errors.")
  var quiet = false
  @Option(
    help: "Write the last step as a Chrome trace and print the kernels against the roofline.", completion: .file())
  var profile: String?

  var needsProcessor: Bool { true }

  func validate() throws {
    if epochs != nil, steps != nil { throw ValidationError("--epochs and --steps exclude each other.") }
    if lr != nil, blr != nil { throw ValidationError("--lr and --blr exclude each other.") }
    if warmupSteps != nil, epochs != nil { throw ValidationError("--warmup-steps goes with --steps, not --epochs.") }
    if warmupEpochs != nil, steps != nil { throw ValidationError("--warmup-epochs goes with --epochs, not --steps.") }
  }

  func run(_ image: ProgramImage) throws(Diagnostic) -> Support.ExitCode {
    let options = try resolve()
    let trace = try profile.map { (path) throws(Diagnostic) in try AtomicFile(path: path) }
    let session = try TrainingSession(image, options)
    var loop = TrainingLoop(session)
    let code = try loop.run()
    if let trace, let times = session.profile {
      try trace.commit(times.trace())
      let peak = MachinePeak.measure(session.pool, bf16: image.manifest.precision == "bf16", sustained: true)
      StandardStream.error.line(times.table(peak, threads: session.pool.threads))
    }
    if code == .success { StandardStream.out.line(session.run.checkpoint(session.position.step)) }
    return code
  }

  /// The options with everything that was not given taken from the environment, the run's config or the defaults.
  func resolve() throws(Diagnostic) -> TrainingOptions {
    let config = try knownConfig()
    func required(_ flag: String, _ value: String?) throws(Diagnostic) -> String {
      if let value = value ?? config?[flag]?.stringValue { return value }
      throw Diagnostic(.usage, "--\(flag) is missing")
    }
    var options = TrainingOptions(
      data: try required("data", data), tokenizer: try required("tokenizer", tokenizer), output: output)
    let givesHorizon = epochs != nil || steps != nil
    options.steps = steps ?? (givesHorizon ? nil : config?["steps"]?.intValue)
    options.warmupSteps = warmupSteps ?? (givesHorizon ? nil : config?["warmup_steps"]?.intValue)
    options.epochs = epochs ?? config?["epochs"]?.doubleValue ?? options.epochs
    options.warmupEpochs = warmupEpochs ?? config?["warmup_epochs"]?.doubleValue ?? options.warmupEpochs
    options.accumulate = accumulate ?? config?["accumulate"]?.intValue ?? options.accumulate
    options.learningRate = lr ?? (blr == nil ? config?["lr"]?.doubleValue : nil)
    options.baseLearningRate = blr ?? config?["blr"]?.doubleValue ?? options.baseLearningRate
    options.weightDecay = weightDecay ?? config?["weight_decay"]?.doubleValue ?? options.weightDecay
    options.initWeights = try initialWeights(config)
    options.saveEvery = saveEvery ?? config?["save_every"]?.intValue
    options.keep = keep ?? config?["keep"]?.intValue
    options.seed = seed ?? config?["seed"]?.stringValue.flatMap { UInt64($0) } ?? options.seed
    options.threads = try resolveThreads(threads, config?["threads"]?.intValue)
    options.resume = resume.map { $0 == "auto" ? .auto : .path($0) } ?? .no
    options.origin = resume == "auto" ? config?["resumed_from"]?.stringValue : resume
    options.logFormat = logFormat
    options.quiet = quiet
    options.profile = profile
    if warmupSteps != nil, options.steps == nil {
      throw Diagnostic(.usage, "--warmup-steps goes with --steps: the length of this run is in epochs")
    }
    if warmupEpochs != nil, options.steps != nil {
      throw Diagnostic(.usage, "--warmup-epochs goes with --epochs: the length of this run is in steps")
    }
    return options
  }

  /// The file of `--init-weights`; `usage` where a checkpoint, or what the run was told before, says otherwise.
  private func initialWeights(_ config: JSON?) throws(Diagnostic) -> String? {
    let known = config?["init_weights"]?.stringValue
    guard let initWeights else { return known }
    if let resume, resume != "auto" {
      throw Diagnostic(
        .usage, "--init-weights and --resume \(resume) exclude each other: a checkpoint holds its parameters")
    }
    if config != nil, known != resolvedPath(initWeights) {
      throw Diagnostic(
        .usage,
        "--init-weights \(initWeights): the run to resume \(known.map { "started from \($0)" } ?? "started afresh")",
        notes: ["leave the flag out, or give another --output"])
    }
    return initWeights
  }

  /// What the run to resume was told: the one in the output, or the one that the checkpoint lies in.
  private func knownConfig() throws(Diagnostic) -> JSON? {
    guard let resume else { return nil }
    let path = resolvedPath(resume)
    let runs = [output] + (resume == "auto" ? [] : [directoryName(path), path])
    for run in runs.map({ RunDirectory(path: $0) }) where fileKind(run.configFile) == .file {
      return try JSON.read(path: run.configFile)["train"]
    }
    return nil
  }
}

/// The threads to use: the flag, else `MRM_THREADS`, else what the run had, else the processors.
/// `usage` when the variable holds no number.
func resolveThreads(_ flag: Int?, _ config: Int? = nil) throws(Diagnostic) -> Int {
  if let flag { return flag }
  guard let text = getenv("MRM_THREADS").map({ String(cString: $0) }), !text.isEmpty else {
    return config ?? ThreadPool.processors
  }
  guard let count = Int(text), ThreadPool.counts.contains(count) else {
    throw Diagnostic(
      .usage, "MRM_THREADS=\(text): expected a number of threads, 1 to \(ThreadPool.counts.upperBound)")
  }
  return count
}

extension TrainingOptions.LogFormat: ExpressibleByArgument {}
