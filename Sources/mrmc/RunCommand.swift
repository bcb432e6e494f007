import ArgumentParser
import Driver

struct RunCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run one function of a model on a safetensors file.",
    discussion: """
      Arguments are bound by name. Left out, the seed is 0, hyperparameters their standards, the scale 1, states and gradient \
      sums 0, fixed tables as the model makes them, and with --init the parameters too.

      Examples:
        mrmc run mrm-nano --function loss --inputs batch.safetensors --init 0 --outputs out.safetensors
        mrmc run mrm-tiny --function loss_and_grads --select 'loss,grad.blocks.*' --set dropout=0 \\
          --inputs state.safetensors --outputs grads.safetensors
        mrmc run model.tir --function main --inputs in.safetensors --outputs out.safetensors --interpret
        mrmc run model.swift --function loss_and_grads --inputs in.safetensors --init 0 --outputs out.safetensors \\
          --runs 9 --profile trace.json
      """)

  @Argument(help: "A .tir file, a name from 'mrmc models', or a .swift file.")
  var model: String
  @Option(
    help: "The function: loss, loss_and_grads, train_step, accumulate, apply, or another of the model's own.")
  var function: String
  @Option(help: "Arguments by name.", completion: .file(extensions: ["safetensors"]))
  var inputs: String?
  @Option(help: "Where the results go.", completion: .file(extensions: ["safetensors"]))
  var outputs: String
  @Option(
    help: ArgumentHelp("Compute only these results; * and ? stand for any characters and one.", valueName: "names"))
  var select: String?
  @Option(
    name: .customLong("init"), parsing: .unconditional,
    help: ArgumentHelp("Start parameters that are left out from this seed.", valueName: "seed"))
  var initialSeed: UInt64?
  @Option(parsing: .unconditional, help: "Threads. (default: the processors)")
  var threads: Int?
  @Option(
    name: [.customShort("r"), .long], parsing: .unconditional,
    help: ArgumentHelp(
      "Time this many further runs: one JSON object on stdout. (default: none)", valueName: "number"))
  var runs: Int?
  @Option(
    help: ArgumentHelp(
      "Write the last of the timed runs as a Chrome trace, and to stderr the kernels against the roofline.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var profile: String?
  @Flag(help: "Run the f64 interpreter instead of compiled code.")
  var interpret = false
  @OptionGroup var flags: BuildFlags

  func execute() throws(Diagnostic) -> Support.ExitCode {
    var run = Run(try flags.options(model), function: function, inputs: inputs, outputs: outputs)
    run.select = select
    run.initialSeed = initialSeed
    run.threads = threads
    run.runs = runs
    run.profile = profile
    run.interprets = interpret
    try run.run()
    return .success
  }
}
