import ArgumentParser
import Data
import Execution
import Glibc
import Interpolation

/// `train`: flags first, then the environment, then `config.json` of the run to resume, then the task's recipe.
struct TrainCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    let data = ProgramCommands.dataExample
    return CommandConfiguration(
      commandName: "train", abstract: "Train on a list of records.",
      discussion: """
        Writes config.json, log.jsonl, curves.svg and checkpoint-<step>/ to the output directory. On SIGTERM or Ctrl-C \
        the step is finished and checkpointed. A run continued with --resume gives the same bits as one never stopped, \
        and keeps the settings of its config.json unless flags change them. MRM_THREADS sets the threads.
        \(hyperparameterHelp)\(recipeHelp)
        Examples:
          \(ProgramCommands.programName) train \(data) \\
            --output run --epochs 200
          \(ProgramCommands.programName) train \(data) \\
            --output run --steps 1000 --lr 3e-4 --save-every 100 --keep 3
          \(ProgramCommands.programName) train --output run --resume auto
        """)
  }

  private static var hyperparameterHelp: String {
    let lines = (ProgramCommands.current?.hyperparameters ?? []).map {
      "  \(paddedRight("\($0.flag) NUMBER", 28)) (default: \($0.value.significant(6)))"
    }
    return lines.isEmpty ? "" : "\nNumbers of the optimiser's step:\n" + lines.joined(separator: "\n") + "\n"
  }

  private static var recipeHelp: String {
    let lines = (ProgramCommands.current?.task.recipes ?? []).map {
      "  \(paddedRight($0.name, 18)) \($0.flags.joined(separator: " "))"
    }
    return lines.isEmpty ? "" : "\nRecipes (--recipe NAME):\n" + lines.joined(separator: "\n") + "\n"
  }

  @Option(help: ProgramCommands.listHelp, completion: .file(extensions: ["csv"]))
  var data: String?
  @Option(
    help: "Tokenizer: Hugging Face tokenizer.json or BERT vocab.txt; for programs that read texts.", completion: .file()
  )
  var tokenizer: String?
  @Option(help: "Directory of the run; empty or absent unless it is resumed.", completion: .directory)
  var output: String
  @Option(help: "Train on this share of the records, above 0 and at most 1; smaller shares lie within larger ones.")
  var fraction: Double?
  @Option(help: "Decides which records a fraction has. (default: 0)")
  var fractionSeed: UInt64?
  @Option(help: "Settings by name; flags that are given too win.")
  var recipe: String?
  @Option(help: standard("Length of the run in epochs.") { $0.length.epochs })
  var epochs: Double?
  @Option(help: standard("Length of the run in optimiser steps, instead of epochs.") { $0.length.steps })
  var steps: Int?
  @Option(help: standard("Epochs of linear warm-up.") { $0.warmup.epochs })
  var warmupEpochs: Double?
  @Option(help: "Optimiser steps of linear warm-up, with --steps. (default: the recipe's share of the steps)")
  var warmupSteps: Int?
  @Option(help: "Micro-batches per optimiser step. (default: 1)")
  var accumulate: Int?
  @Option(help: standard("Base learning rate: the peak is this times the effective batch / 256.") { $0.rate.base })
  var blr: Double?
  @Option(help: standard("Peak learning rate, instead of --blr.") { $0.rate.peak })
  var lr: Double?
  @Option(help: .hidden)
  var hyper: [String] = []
  @Option(
    help: "Start from the parameters of this file (safetensors, or PyTorch's .pth, .pt, .bin) or checkpoint.",
    completion: .file())
  var initWeights: String?
  @Option(
    help: ArgumentHelp(
      "How position tables of another image size are interpolated, with --init-weights. (default: bicubic)",
      valueName: "bicubic|antialiased"))
  var positions: GridInterpolation?
  @Option(
    help: ArgumentHelp(
      "Continue from 'auto' (the newest checkpoint in the output) or a checkpoint.", valueName: "auto|path"))
  var resume: String?
  @Option(help: "Optimiser steps between checkpoints. (default: an epoch, at most 1000)")
  var saveEvery: Int?
  @Option(help: "Keep only the newest checkpoints, this many. (default: all)")
  var keep: Int?
  @Option(help: "List of held-out records to measure on while training.", completion: .file(extensions: ["csv"]))
  var valid: String?
  @Option(help: "Optimiser steps between evaluations, with --valid. (default: an epoch, at most 1000)")
  var evalEvery: Int?
  @Option(help: "Keep the checkpoint that is best by this metric as best-<step>, with --valid.")
  var keepBest: String?
  @Option(help: "Stop after this many evaluations without a better value, with --keep-best.")
  var patience: Int?
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

  func run(_ image: ProgramImage) throws(Diagnostic) -> ExitStatus {
    let options = try TrainingFlags(self, image.description).options()
    let trace = try profile.map { (path) throws(Diagnostic) in try AtomicFile(path: path) }
    let session = try TrainingSession(image, options, notes: ProgramCommands.recipeNote.map { [$0] } ?? [])
    var loop = TrainingLoop(session)
    let code = try loop.run()
    if let trace, let times = session.profile {
      try trace.commit(times.trace())
      let peak = MachinePeak.measure(session.pool, bf16: image.description.precision == "bf16", sustained: true)
      StandardStream.error.line(times.table(peak, threads: session.pool.threads))
    }
    if code == .success { StandardStream.out.line(session.run.checkpoint(session.position.step)) }
    return code
  }
}

/// The help text and, as `(default: 200)`, the value of the task's recipe; without it where the recipe says it otherwise.
private func standard<Value>(_ text: String, _ value: (Recipe) -> Value?) -> ArgumentHelp {
  guard let recipe = ProgramCommands.current?.task.recipe, let value = value(recipe) else { return ArgumentHelp(text) }
  return ArgumentHelp("\(text) (default: \((value as? Double)?.significant(6) ?? "\(value)"))")
}

extension Recipe.Length {
  var epochs: Double? {
    if case .epochs(let count) = self { return count }
    return nil
  }

  var steps: Int? {
    if case .steps(let count) = self { return count }
    return nil
  }
}

extension Recipe.Rate {
  var base: Double? {
    if case .base(let value) = self { return value }
    return nil
  }

  var peak: Double? {
    if case .peak(let value) = self { return value }
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
extension GridInterpolation: ExpressibleByArgument {}
