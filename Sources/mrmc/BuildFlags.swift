import ArgumentParser
import Driver

/// The flags of every verb that compiles.
struct BuildFlags: ParsableArguments {
  @OptionGroup var model: ModelFlags
  @OptionGroup var passes: PassFlags

  func options(_ model: String) throws(Diagnostic) -> BuildOptions {
    var options = BuildOptions(model: model)
    try self.model.apply(to: &options)
    try passes.apply(to: &options)
    return options
  }
}

/// Those that choose a model's sizes and its code.
struct ModelFlags: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "An option of the model, such as image_mask_ratio=0.5; an unknown key lists the known ones.",
      valueName: "key=value"))
  var settings: [String] = []
  @Option(parsing: .unconditional, help: "Records per step. (default: that of the inputs, else 8)")
  var batch: Int?
  @Option(help: ArgumentHelp("What matrix products compute in.", valueName: "f32|bf16"))
  var precision: String = "f32"
  @Option(help: ArgumentHelp("How matrix products are computed.", valueName: "openblas|emitted|auto"))
  var products: String = "auto"
  @Option(parsing: .unconditional, help: ArgumentHelp("Memory the program may use.", valueName: "bytes"))
  var memoryBudget: Int?
  @Option(
    help: ArgumentHelp(
      """
      The processor to compile for: native, x86-64-v2, x86-64-v3, x86-64-v4, x86-64-v4-bf16, or to test these \
      emulated-x86-64-v4, emulated-x86-64-v4-bf16.
      """, valueName: "processor"))
  var targetCpu = "native"
  @Flag(help: "Print peak bytes, FLOPs and kernels, and write nothing.")
  var dryRun = false

  func apply(to options: inout BuildOptions) throws(Diagnostic) {
    options.settings = settings
    options.batch = batch
    options.precision = try choice("--precision", precision)
    options.products = try choice("--products", products)
    options.memoryBudget = memoryBudget
    options.targetCPU = targetCpu
    options.dryRun = dryRun
  }
}

/// Those that say which passes run and what is told of them.
struct PassFlags: ParsableArguments {
  @Option(name: .customShort("O", allowingJoined: true), help: "Optimisation, 0 to 3; 0 fuses nothing.")
  var optimization = 2
  @Option(help: ArgumentHelp("Print to stderr after these passes and stages, or all, or changed.", valueName: "p,…"))
  var printAfter: String?
  @Option(help: "Write <model>.<NN>.<phase> for every phase to this directory.", completion: .directory)
  var dumpPhases: String?
  @Option(help: ArgumentHelp("Leave out a pass; may be repeated.", valueName: "pass"))
  var disablePass: [String] = []
  @Option(parsing: .unconditional, help: "Stop rewriting after so many rewrites: for bisection.")
  var passLimit: Int?
  @Flag(help: "Verify the program after every pass.")
  var verifyEach = false
  @Flag(help: "Print the time of every phase to stderr.")
  var timePasses = false
  @Flag(help: "Print what passes did, and why they did not, to stderr.")
  var remarks = false

  func apply(to options: inout BuildOptions) throws(Diagnostic) {
    options.optimization = optimization
    options.printAfter = printAfter.map { $0.split(separator: ",").map(String.init) } ?? []
    options.dumpDirectory = dumpPhases
    options.disabledPasses = disablePass
    options.passLimit = passLimit
    options.verifyEach = verifyEach
    options.timePasses = timePasses
    options.remarks = remarks
    try DebugLevel.fromEnvironment().apply(to: &options)
  }
}

/// A word of a closed set; `usage`, listing them, for any other.
func choice<Choice: RawRepresentable<String> & CaseIterable>(_ flag: String, _ word: String) throws(Diagnostic)
  -> Choice
{
  if let choice = Choice(rawValue: word) { return choice }
  throw Diagnostic(
    .usage, "\(flag) \(word): expected \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
}
