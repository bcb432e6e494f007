import ArgumentParser
import Driver

struct DemoCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Pre-train on made records, then fine-tune with few labels, with pictures, in a few minutes.",
    discussion: """
      A classifier with few labels is trained from scratch and from the pre-trained encoder, and both are measured on
      records held out. Everything stays in the directory: records, programs, runs and pictures.

      Examples:
        mrmc demo
        mrmc demo /tmp/demo --steps 50
      """)

  @Argument(help: "The directory; empty or absent.", completion: .directory)
  var directory = "mrm-demo"
  @Option(parsing: .unconditional, help: "Steps of pre-training. (default: as many as the time allows)")
  var steps: Int?
  @Option(parsing: .unconditional, help: "Seconds that the pre-training may take.")
  var seconds = 240.0

  func execute() throws(Diagnostic) -> Support.ExitCode {
    var demo = Demo(directory: directory)
    demo.steps = steps
    demo.seconds = seconds
    try demo.run()
    return .success
  }
}
