import ArgumentParser
import Execution

/// `reconstruct`: a picture of what the model restores.
struct ReconstructCommand: ProgramCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "reconstruct", abstract: "Show masked input, reconstruction and truth of the first records.",
      discussion: """
        Below the images stands the report, masked words marked, and as the model restores it: words in green where it \
        is right, in red where it is wrong.

        Examples:
          \(ProgramCommands.programName) reconstruct \(ProgramCommands.dataExample) \\
            --weights run/checkpoint-1000 -o out.png -n 4
        """)
  }

  @OptionGroup var flags: PictureFlags

  var needsProcessor: Bool { true }

  func run(_ image: ProgramImage) throws(Diagnostic) -> ExitStatus {
    guard let view = image.description.task.views.first(where: \.isReconstruction) else {
      throw Diagnostic(.usage, "this program restores nothing that could be shown")
    }
    try flags.draw(view, image)
    return .success
  }
}
