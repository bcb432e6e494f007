import ArgumentParser
import Execution

/// Flags of the commands that draw.
struct PictureFlags: ParsableArguments {
  @OptionGroup var records: RecordFlags
  @Option(help: "A file of weights (safetensors, or PyTorch's .pth, .pt, .bin) or a checkpoint.", completion: .file())
  var weights: String
  @Option(name: .shortAndLong, help: "The PNG file to write.", completion: .file(extensions: ["png"]))
  var output: String
  @Option(name: .customShort("n"), help: "How many records.")
  var count = 4

  func validate() throws {
    if !(1...256).contains(count) { throw ValidationError("-n \(count): expected 1 to 256 records.") }
  }

  /// Draws a view of the records.
  func draw(_ view: View, _ image: ProgramImage) throws(Diagnostic) {
    let session = try records.session(image, weights: weights, feeds: view.feeds)
    let title = "\(session.program.model) \(baseName(weights))"
    switch view {
    case .reconstruction(let view):
      try ReconstructionView(view, session).write(title: title, count: count, to: output)
    case .mistakes(let view): try MistakesView(view, session).write(title: title, count: count, to: output)
    }
  }
}

/// `show`: the task's own picture.
struct ShowCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "show", abstract: "Draw the task's own picture of what the model does with records.",
      discussion: """
        Examples:
          \(ProgramCommands.programName) show \(ProgramCommands.dataExample) \\
            --weights run/checkpoint-1000 -o out.png -n 4
        """)
  }

  @OptionGroup var flags: PictureFlags
  @Option(help: "Which picture, where the task has several: \(Self.names.joined(separator: ", ")).")
  var view: String?

  private static var names: [String] { ProgramCommands.current?.task.views.map(\.name) ?? [] }

  var needsProcessor: Bool { true }

  func run(_ image: ProgramImage) throws(Diagnostic) -> ExitStatus {
    let views = image.description.task.views
    guard let found = view.map({ name in views.first { $0.name == name } }) ?? views.first else {
      throw Diagnostic(
        .usage, view.map { "--view \($0): there is no such picture" } ?? "this program has no picture to show",
        notes: views.isEmpty ? [] : ["there are: " + views.map(\.name).joined(separator: ", ")])
    }
    try flags.draw(found, image)
    return .success
  }
}

extension View {
  /// The name by which `--view` asks for it.
  var name: String {
    switch self {
    case .reconstruction: "reconstruction"
    case .mistakes: "mistakes"
    }
  }

  /// The feeds that it is drawn from.
  var feeds: [String] {
    switch self {
    case .reconstruction(let view): [view.image] + (view.report.map { [$0] } ?? [])
    case .mistakes(let view): [view.image, view.labels]
    }
  }
}
