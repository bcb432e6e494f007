import ArgumentParser
import Driver

struct ModelsCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the models: name, parameters, FLOPs per record.",
    discussion: """
      FLOPs are those of the matrix products, forward and backward, a multiply-add counted as two.

      Examples:
        mrmc models
        mrmc models --json
      """)

  @Flag(help: "One JSON array on stdout.")
  var json = false

  func execute() throws(Diagnostic) -> Support.ExitCode {
    StandardStream.out.write(json ? try ListModels.json().pretty : try ListModels.text())
    return .success
  }
}
