import ArgumentParser
import Execution
import Pictures

/// `eval`: the task's metrics on records held out.
struct EvalCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "eval", abstract: "Measure the task's metrics on held-out records.",
      discussion: """
        Images are resized and cropped at the centre\(hasTexts ? textNote : ".")

        Examples:
          \(ProgramCommands.programName) eval \(ProgramCommands.dataExample) \\
            --weights run/checkpoint-1000
          \(ProgramCommands.programName) eval \(ProgramCommands.dataExample) \\
            --weights model.safetensors --json
        """ + (hasClasses ? classExample : ""))
  }

  private static var textNote: String {
    """
    ; masks depend on the seed alone. Where hidden words are restored, the accuracy stands beside that of always \
    predicting the most frequent token. With --shuffle-images every record is paired with the image of another one: what \
    is lost shows how much the model reads from the image.
    """
  }

  private static var classExample: String {
    """

      \(ProgramCommands.programName) eval --data test.csv --thresholds-from valid.csv \\
        --weights run/checkpoint-1000 --picture roc.svg
      \(ProgramCommands.programName) eval --data test.csv --scores scores.csv
    """
  }

  @OptionGroup var records: RecordFlags
  @Option(help: "A file of weights (safetensors, or PyTorch's .pth, .pt, .bin) or a checkpoint.", completion: .file())
  var weights: String?
  @Option(
    help: ArgumentHelp(
      "Scores that predict wrote, or another program, instead of --weights: a CSV file with the image's path and a "
        + "column for each class.", visibility: hasScores ? .default : .hidden),
    completion: .file(extensions: ["csv"]))
  var scores: String?
  @Option(
    help: ArgumentHelp(
      "A list of other records on which the threshold of each class with the greatest F1 is chosen. (default: 0.5)",
      visibility: hasClasses ? .default : .hidden), completion: .file(extensions: ["csv"]))
  var thresholdsFrom: String?
  @Option(
    help: ArgumentHelp(
      "Bootstrap samples for the intervals of classification metrics; 0 for none.",
      visibility: hasClasses ? .default : .hidden))
  var bootstrap = 1000
  @Option(
    help: ArgumentHelp(
      "An SVG file to write: ROC curves, and how far scores can be read as probabilities.",
      visibility: hasClasses ? .default : .hidden), completion: .file(extensions: ["svg"]))
  var picture: String?
  @Flag(help: "One JSON object on stdout.")
  var json = false
  @Flag(
    help: ArgumentHelp(
      "Pair each record with the image of another one.", visibility: hasTexts ? .default : .hidden))
  var shuffleImages = false

  private static var hasTexts: Bool { ProgramCommands.current.map(\.readsTexts) ?? true }
  private static var hasClasses: Bool { ProgramCommands.current?.task.metrics.contains(where: \.isOfClasses) ?? true }
  private static var hasScores: Bool { ProgramCommands.current?.task.metrics.contains(where: \.isOfScores) ?? true }

  var needsProcessor: Bool { scores == nil }

  func validate() throws {
    if !(0...1_000_000).contains(bootstrap) {
      throw ValidationError("--bootstrap \(bootstrap): expected 0 to 1000000 samples.")
    }
    switch (weights, scores) {
    case (nil, nil): throw ValidationError("--weights is missing: give a file of weights or a checkpoint.")
    case (.some, .some): throw ValidationError("--weights and --scores exclude each other.")
    default: break
    }
    if scores != nil, shuffleImages {
      throw ValidationError("--shuffle-images goes with --weights: with --scores no image is read.")
    }
  }

  func run(_ image: ProgramImage) throws(Diagnostic) -> ExitStatus {
    try check(image.description.task)
    let drawing = try picture.map { path throws(Diagnostic) in try AtomicFile(path: path) }
    let result: Evaluation
    if let scores { result = try measure(scores: scores, image) } else { result = try measure(image) }
    if let drawing, let report = result.report {
      let title = "\(image.description.model) \(baseName(scores ?? weights ?? "")), \(baseName(records.data))"
      try drawing.commit(ROCSVG.render(title: title, report: report))
    }
    StandardStream.out.line(json ? result.json.compact : result.text)
    return .success
  }

  /// Refuses what needs classes where the task has none.
  private func check(_ task: Task) throws(Diagnostic) {
    if task.metrics.contains(where: \.isOfClasses) { return }
    for (flag, value) in [("--thresholds-from", thresholdsFrom), ("--picture", picture)] {
      if let value {
        throw Diagnostic(
          .usage, "\(flag) \(value): this program's metrics are not of classes", notes: ["leave the flag out"])
      }
    }
  }

  private var settings: EvaluationSettings { EvaluationSettings(replicates: bootstrap, seed: records.seed) }

  /// By the weights; thresholds are chosen first, with the images as they belong.
  private func measure(_ image: ProgramImage) throws(Diagnostic) -> Evaluation {
    let session = try records.session(
      image, weights: weights ?? "", feeds: image.description.metricFeeds, shufflesImages: shuffleImages)
    var settings = settings
    if let list = thresholdsFrom {
      settings.thresholds = ChosenThresholds(try session.evaluator(of: list).evaluate(), from: list)
    }
    return try session.evaluator.evaluate(settings)
  }

  private func measure(scores: String, _ image: ProgramImage) throws(Diagnostic) -> Evaluation {
    let evaluator = try ScoredEvaluator(
      image.description, scores: scores, threads: try resolveThreads(records.threads))
    var settings = settings
    if let list = thresholdsFrom {
      settings.thresholds = ChosenThresholds(try evaluator.evaluate(list, EvaluationSettings()), from: list)
    }
    return try evaluator.evaluate(records.data, settings)
  }
}
