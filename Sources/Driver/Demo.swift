import Glibc

/// `mrmc demo`: the paper's story on made records, in a few minutes: pre-train on images and reports, fine-tune with few labels
/// from scratch and from the pre-trained encoder, and compare.
public struct Demo {
  /// Where everything goes, and stays.
  public var directory: String
  /// Seconds that the pre-training may take.
  public var seconds: Double = 240
  public var records = 1024
  public var batch = 16
  public var steps: Int?

  /// Steps of a fine-tuning, and the share of the labels that it has.
  private static let finetuningSteps = 200
  private static let fraction = 0.1

  public init(directory: String) { self.directory = directory }

  public func run() throws(Diagnostic) {
    try validate()
    if fileKind(directory) != .absent, !directoryEntries(directory).isEmpty {
      throw Diagnostic(
        .usage, at: SourceLocation(file: directory), "the directory is not empty",
        notes: ["name another: mrmc demo DIR"])
    }
    try makeDirectory(directory)
    say("1/6 making \(records) records (phantoms: made, not real)")
    var data = Synthesize(directory: directory + "/data", count: records)
    data.heldout = 256
    data.imageSide = 224
    try data.run()

    say("2/6 compiling mrm-tiny, which is pre-trained, and vit-tiny, which is fine-tuned")
    try build("mrm-tiny", settings: [])
    try build("vit-tiny", settings: ["labels=" + (try findings()).joined(separator: ",")])

    let steps: Int
    if let given = self.steps { steps = given } else { steps = try affordableSteps() }
    say("3/6 pre-training on images and reports: \(steps) steps of \(batch) records")
    try program(
      "mrm-tiny",
      ["train"] + reports("training") + [
        "--output", directory + "/pretrained", "--steps", "\(steps)", "--lr", "1e-3", "--save-every", "\(steps)",
      ])
    let weights = "\(directory)/pretrained/checkpoint-\(steps)"

    say("4/6 what it restores of records held out, and how much of that with each report beside another's image")
    try program("mrm-tiny", ["eval"] + reports("heldout") + ["--weights", weights])
    try program("mrm-tiny", ["eval", "--shuffle-images"] + reports("heldout") + ["--weights", weights])
    let picture = directory + "/reconstructions.png"
    try program("mrm-tiny", ["reconstruct"] + reports("heldout") + ["--weights", weights, "-o", picture, "-n", "4"])

    let share = "\(Int(100 * Self.fraction)) % of the labels"
    say("5/6 fine-tuning with \(share), from scratch and from the pre-trained encoder")
    let scratch = try finetune("scratch", from: nil)
    let pretrained = try finetune("finetuned", from: weights)

    say("6/6 findings in records held out")
    StandardStream.out.line("mean AUROC with \(share):")
    StandardStream.out.line("  from scratch         \(scratch.fixed(3))")
    StandardStream.out.line("  from pre-training    \(pretrained.fixed(3))")
    StandardStream.out.line("reconstructions: \(picture)")
    StandardStream.out.line("ROC curves:      \(directory)/scratch.svg, \(directory)/finetuned.svg")
    StandardStream.out.line("loss curves:     \(directory)/pretrained/curves.svg")
    StandardStream.out.line("programs:        \(directory)/mrm-tiny --help, \(directory)/vit-tiny --help")
  }

  private func validate() throws(Diagnostic) {
    if !(seconds.isFinite && seconds > 0) {
      throw Diagnostic(.usage, "--seconds \(seconds): expected a number above 0")
    }
    if let steps, steps < 1 { throw Diagnostic(.usage, "--steps \(steps): expected 1 or more") }
  }

  private func say(_ text: String) { StandardStream.error.line("== " + text) }

  private func build(_ model: String, settings: [String]) throws(Diagnostic) {
    var options = BuildOptions(model: model)
    options.batch = batch
    options.settings = settings
    try Build(options, output: directory + "/" + model).run()
  }

  /// The columns of the list of labels, but for the image's.
  private func findings() throws(Diagnostic) -> [String] {
    let header = try readTextFile(directory + "/data/labels.csv").prefix { $0 != "\n" }
    return header.split(separator: ",").dropFirst().map(String.init)
  }

  /// Trains the classifier from weights, or from nothing, and returns its mean AUROC on the records held out.
  private func finetune(_ name: String, from weights: String?) throws(Diagnostic) -> Double {
    let steps = Self.finetuningSteps
    try program(
      "vit-tiny",
      ["train", "--data", directory + "/data/labels.csv", "--fraction", "\(Self.fraction)", "--output"]
        + ["\(directory)/\(name)", "--steps", "\(steps)", "--lr", "3e-2", "--save-every", "\(steps)"]
        + (weights.map { ["--init-weights", $0] } ?? []))
    let result = try program(
      "vit-tiny",
      [
        "eval", "--data", directory + "/data/heldout-labels.csv", "--weights",
        "\(directory)/\(name)/checkpoint-\(steps)",
      ]
        + ["--bootstrap", "0", "--json", "--picture", "\(directory)/\(name).svg"], captures: true)
    guard let area = try JSON.parse(result, file: "eval")["auc"]?.doubleValue else {
      throw Diagnostic(.failure, "\(directory)/vit-tiny eval gave no AUROC")
    }
    return area
  }

  private func reports(_ list: String) -> [String] {
    ["--data", "\(directory)/data/\(list).csv", "--tokenizer", directory + "/data/tokenizer.json"]
  }

  /// Runs a program that was built here; `captures`: what it writes to standard output is returned instead of shown.
  @discardableResult
  private func program(
    _ name: String, _ arguments: [String], captures: Bool = false
  ) throws(Diagnostic) -> String {
    let path = directory.contains("/") ? directory : "./" + directory
    let outcome = try Toolchain.run("\(path)/\(name)", arguments, capture: captures)
    if outcome.status != 0 {
      throw Diagnostic(
        ExitCode(rawValue: outcome.status) ?? .failure,
        "\(directory)/\(name) \(arguments[0]) exited with \(outcome.status)")
    }
    return outcome.output
  }

  /// The steps of pre-training that this machine does in the time there is, by a short trial.
  private func affordableSteps() throws(Diagnostic) -> Int {
    let trial = directory + "/trial"
    func seconds(_ steps: Int) throws(Diagnostic) -> Double {
      let start = ContinuousClock.now
      try program(
        "mrm-tiny",
        ["train"] + reports("training") + [
          "--output", trial, "--steps", "\(steps)", "--quiet", "--save-every", "1000",
        ], captures: true)
      removeTree(trial)
      return (ContinuousClock.now - start).seconds
    }
    let short = try seconds(2)
    let perStep = max(0.005, (try seconds(8) - short) / 6)
    return Int(min(2000, max(20, self.seconds / perStep))) / 10 * 10
  }
}
