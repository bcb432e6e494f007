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
      Draws chest radiographs and writes for each its report, its labels and the areas of its findings. The same flags \
      give the same bytes.
        training.csv    images and reports, to train on
        heldout.csv     images and reports, held out
        control.csv     every training report beside another record's image (of one
                        record there is none): what a model learns from it, the
                        language alone teaches
        labels.csv      images to train on, and 1 or 0 for each finding
        masks.csv       images to train on, and the masks of pneumothorax; one that
                        is absent has a black mask
        heldout-labels.csv, heldout-masks.csv
                        the same for images held out
        tokenizer.json  WordPiece, for the reports
        findings.json   what is true of each record, and where it lies
        images/         pictures
        masks/          areas of findings: 255 inside, 0 elsewhere

      Examples:
        mrmc data synth records
        mrmc data synth records -n 2000 --heldout 200 --side 512 --seed 7
        mrmc data synth records -n 2000 --energies
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
  @Flag(help: "Colour pictures of three energies in place of grey ones; findings are more frequent, and all obvious.")
  var energies = false
  @Flag(help: "Replace an earlier phantom data set in the directory; other files stay.")
  var force = false

  func execute() throws(Diagnostic) -> Support.ExitCode {
    var synthesize = Synthesize(directory: directory, count: count)
    synthesize.heldout = heldout
    synthesize.seed = seed
    synthesize.replaces = force
    synthesize.imageSide = side
    if energies { synthesize.style = .energies }
    try synthesize.run()
    return .success
  }
}
