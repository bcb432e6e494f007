import ArgumentParser
import Driver

struct DemoCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Make records, build, train and reconstruct, with pictures, in a few minutes.",
    discussion: """
      Everything stays in the directory: the records, the training program, its run and the pictures.

      Examples:
        mrmc demo
        mrmc demo /tmp/demo --steps 50
      """)

  @Argument(help: "The directory; empty or absent.", completion: .directory)
  var directory = "mrm-demo"
  @Option(parsing: .unconditional, help: "Optimiser steps. (default: as many as the time allows)")
  var steps: Int?
  @Option(parsing: .unconditional, help: "Seconds the training may take.")
  var seconds = 150.0

  func execute() throws(Diagnostic) -> Support.ExitCode {
    var demo = Demo(directory: directory)
    demo.steps = steps
    demo.seconds = seconds
    try demo.run()
    return .success
  }
}
