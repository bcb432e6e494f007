import ArgumentParser
import Driver

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Make data sets.",
    discussion: """
      Examples:
        mrmc data synth records -n 512
      """,
    subcommands: [SynthCommand.self])
}

struct SynthCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "synth", abstract: "Write phantom records: made, not real.",
    discussion: """
      Writes training.csv and heldout.csv (images and reports), labels.csv and heldout-labels.csv (a column for each \
      finding), masks.csv and heldout-masks.csv (areas of pneumothorax), control.csv, tokenizer.json, findings.json, \
      images/ and masks/. The same flags give the same bytes. Images are grey, like radiographs; with --energies they \
      have three channels, each exposed for itself. control.csv pairs every training report with the image of another record (of one record there is \
      none): what a model learns from it, the language alone teaches.

      Examples:
        mrmc data synth records
        mrmc data synth records -n 2000 --heldout 200 --side 512 --seed 7
      """)

  @Argument(help: "The directory; empty or absent.", completion: .directory)
  var directory: String
  @Option(name: .customShort("n"), parsing: .unconditional, help: "Records to train on.")
  var count = 256
  @Option(parsing: .unconditional, help: "Records held out. (default: an eighth of the others)")
  var heldout: Int?
  @Option(parsing: .unconditional, help: "Seed.")
  var seed: UInt64 = 0
  @Option(parsing: .unconditional, help: "Pixels along each edge of an image. (default: 320)")
  var side: Int?
  @Flag(help: "Three energy channels in colour instead of grey pictures.")
  var energies = false
  @Flag(help: "Replace an earlier phantom data set in the directory; other files stay.")
  var force = false

  func execute() throws(Diagnostic) -> Support.ExitCode {
    var synthesize = Synthesize(directory: directory, count: count)
    synthesize.heldout = heldout
    synthesize.seed = seed
    synthesize.replaces = force
    if energies { synthesize.style = .energies }
    if let side { synthesize.imageSide = side }
    try synthesize.run()
    return .success
  }
}
