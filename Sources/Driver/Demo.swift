import Glibc

/// `mrmc demo`: made records, a training program, a short training, and what it has learnt, in a few minutes.
public struct Demo {
  /// Where everything goes, and stays.
  public var directory: String
  /// Seconds the training may take.
  public var seconds: Double = 150
  public var records = 1024
  public var batch = 16
  public var steps: Int?

  public init(directory: String) { self.directory = directory }

  public func run() throws(Diagnostic) {
    try validate()
    if fileKind(directory) != .absent, !directoryEntries(directory).isEmpty {
      throw Diagnostic(
        .usage, at: SourceLocation(file: directory), "the directory is not empty",
        notes: ["name another: mrmc demo DIR"])
    }
    try makeDirectory(directory)
    say("1/5 making \(records) records (phantoms: made, not real)")
    var data = Synthesize(directory: directory + "/data", count: records)
    data.heldout = 128
    data.imageSide = 256
    try data.run()

    say("2/5 compiling mrm-tiny to \(directory)/mrm-tiny")
    var options = BuildOptions(model: "mrm-tiny")
    options.batch = batch
    try Build(options, output: directory + "/mrm-tiny").run()

    let steps: Int
    if let given = self.steps { steps = given } else { steps = try affordableSteps() }
    say("3/5 training for \(steps) steps of \(batch) records")
    try program(
      ["train"] + dataFlags("training") + [
        "--output", directory + "/run", "--steps", "\(steps)", "--lr", "1e-3", "--save-every", "\(steps)",
      ])
    let weights = "\(directory)/run/checkpoint-\(steps)"

    say("4/5 measuring on records held out")
    try program(["eval"] + dataFlags("heldout") + ["--weights", weights])
    say("    and with each report beside another's image: what the words alone tell")
    try program(["eval", "--shuffle-images"] + dataFlags("heldout") + ["--weights", weights])

    say("5/5 reconstructing what was hidden")
    let picture = directory + "/reconstructions.png"
    try program(["reconstruct"] + dataFlags("heldout") + ["--weights", weights, "-o", picture, "-n", "4"])
    StandardStream.out.line("pictures: \(picture)")
    StandardStream.out.line("curves:   \(directory)/run/curves.svg")
    StandardStream.out.line("program:  \(directory)/mrm-tiny --help")
  }

  private func validate() throws(Diagnostic) {
    if !(seconds.isFinite && seconds > 0) {
      throw Diagnostic(.usage, "--seconds \(seconds): expected a number above 0")
    }
    if let steps, steps < 1 { throw Diagnostic(.usage, "--steps \(steps): expected 1 or more") }
  }

  private func say(_ text: String) { StandardStream.error.line("== " + text) }

  private func dataFlags(_ list: String) -> [String] {
    ["--data", "\(directory)/data/\(list).csv", "--tokenizer", directory + "/data/tokenizer.json"]
  }

  private func program(_ arguments: [String]) throws(Diagnostic) {
    let path = directory.contains("/") ? directory : "./" + directory
    let outcome = try Toolchain.run(path + "/mrm-tiny", arguments)
    if outcome.status != 0 {
      throw Diagnostic(
        ExitCode(rawValue: outcome.status) ?? .failure,
        "\(directory)/mrm-tiny \(arguments[0]) exited with \(outcome.status)")
    }
  }

  /// The steps this machine does in the time there is, by a short trial.
  private func affordableSteps() throws(Diagnostic) -> Int {
    let trial = directory + "/trial"
    func seconds(_ steps: Int) throws(Diagnostic) -> Double {
      let start = ContinuousClock.now
      try program(
        ["train"] + dataFlags("training") + [
          "--output", trial, "--steps", "\(steps)", "--quiet", "--save-every", "1000",
        ])
      removeTree(trial)
      return (ContinuousClock.now - start).seconds
    }
    let short = try seconds(2)
    let perStep = max(0.005, (try seconds(8) - short) / 6)
    return Int(min(600, max(20, self.seconds / perStep))) / 10 * 10
  }
}
