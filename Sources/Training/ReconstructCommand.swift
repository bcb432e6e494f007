import ArgumentParser
import Pictures
import Support

/// `reconstruct`: a picture of what the model restores.
struct ReconstructCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "reconstruct", abstract: "Show masked input, reconstruction and truth of the first records.",
      discussion: """
        Below the images stands the report, masked words marked, and as the model restores it: words in green where it \
        is right, in red where it is wrong.

        Examples:
          \(ProgramCommands.programName) reconstruct --data heldout.csv --tokenizer tokens.json \\
            --weights run/checkpoint-1000 -o out.png -n 4
        """)
  }

  @OptionGroup var flags: EvaluationFlags
  @Option(name: .shortAndLong, help: "The PNG file to write.", completion: .file(extensions: ["png"]))
  var output: String
  @Option(name: .customShort("n"), help: "How many records.")
  var count = 4

  var needsProcessor: Bool { true }

  func validate() throws {
    if !(1...256).contains(count) { throw ValidationError("-n \(count): expected 1 to 256 records.") }
  }

  func run(_ image: ProgramImage) throws(Diagnostic) -> Support.ExitCode {
    let session = try flags.session(image, batches: 1)
    let wanted = min(count, session.list.count)
    var rows: [ReconstructionRecord] = []
    var batch = 0
    while rows.count < wanted {
      let tasks = try session.load(batch)
      session.memory.set("seed", tasks.dropoutSeed)
      if case .notFinite(let name, _) = session.functions[0].run() {
        throw Diagnostic(.nonFiniteLoss, "\(name) is not finite", notes: tasks.recordNames)
      }
      try session.checkLosses(tasks)
      for row in 0..<min(tasks.realCount, wanted - rows.count) {
        rows.append(try ReconstructionRecord(session, tasks, row: row))
      }
      batch += 1
    }
    let sizes = session.manifest.geometry
    try ReconstructionSheet.write(
      title: "\(session.manifest.model) \(baseName(flags.weights))", records: rows,
      shrink: max(1, rows[0].patch / max(1, sizes.lowPatch)), padding: session.tokenizer.padID, to: output
    ) { session.tokenizer.decode([$0]).first ?? "" }
    return .success
  }
}
