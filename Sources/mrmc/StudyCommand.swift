import ArgumentParser
import Driver

struct StudyCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Train with several initial weights × label fractions × seeds, and compare.",
    discussion: """
      Runs one program for every combination, one after another, and measures each run's best checkpoint on the test list. \
      The same command goes on where a study was stopped; finished runs are not done again. Markdown tables go to stdout; \
      study.md, study.csv, study.json and curve.svg to the output. Flags win over the study file. docs/study.md describes it.

      Examples:
        mrmc study study.json
        mrmc study --model vit-tiny --set labels=edema,mass --init scratch=none --init mrm=mrm.safetensors \\
          --data training.csv --valid valid.csv --test test.csv --fractions 0.01,0.1,1 --seeds 0,1,2 \\
          --train '--steps 2000 --eval-every 200' --train '0.01=--steps 500 --eval-every 50' --output study
        mrmc study study.json --dry-run
      """)

  @Argument(help: "A study file in JSON; flags alone do too.", completion: .file(extensions: ["json"]))
  var study: String?
  @Option(help: "The training program, as mrmc build makes it.", completion: .file())
  var program: String?
  @Option(help: "Build this model into the output instead, once.")
  var model: String?
  @Option(
    name: .customLong("set"), help: ArgumentHelp("With a model: one of its options.", valueName: "key=value"))
  var settings: [String] = []
  @Option(parsing: .unconditional, help: "With a model: records per step.")
  var batch: Int?
  @Option(help: ArgumentHelp("With a model: what matrix products compute in.", valueName: "f32|bf16"))
  var precision: String?
  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      "Initial weights: a safetensors file or a checkpoint, or none to start afresh; once for each.",
      valueName: "name=file|none"))
  var initialWeights: [String] = []
  @Option(help: ArgumentHelp("Shares of the labels, above 0 and at most 1.", valueName: "fraction,…"))
  var fractions: String?
  @Option(parsing: .unconditional, help: "Decides which records a fraction has, the same for every run. (default: 0)")
  var fractionSeed: UInt64?
  @Option(help: ArgumentHelp("Seeds of the runs.", valueName: "seed,…"))
  var seeds: String?
  @Option(help: "The list to train on.", completion: .file(extensions: ["csv"]))
  var data: String?
  @Option(
    help: "The list that chooses each run's best checkpoint. (default: none, the last one is measured)",
    completion: .file(extensions: ["csv"]))
  var valid: String?
  @Option(help: "The list that results are measured on.", completion: .file(extensions: ["csv"]))
  var test: String?
  @Option(help: "Tokenizer, for programs that read texts.", completion: .file())
  var tokenizer: String?
  @Option(help: "The metric, a key of the program's eval --json. (default: auc)")
  var metric: String?
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Flags of the program's train, of all runs or of those of one fraction; may be repeated.",
      valueName: "[fraction=]flags"))
  var train: [String] = []
  @Option(help: "The heading of table and picture.")
  var title: String?
  @Option(name: .shortAndLong, help: "The study's folder.", completion: .directory)
  var output: String?
  @Flag(help: "Do runs whose inputs have changed again.")
  var redo = false
  @Flag(help: "List the runs and which are done; nothing is run.")
  var dryRun = false
  @Flag(help: "Show the training program's own progress.")
  var verbose = false

  func execute() throws(Diagnostic) -> Support.ExitCode {
    var job = Study(try plan())
    job.redoes = redo
    job.isVerbose = verbose
    if dryRun { try job.list() } else { try job.run() }
    return .success
  }

  /// The study file with what flags say instead.
  private func plan() throws(Diagnostic) -> StudyPlan {
    var plan = try study.map { (path) throws(Diagnostic) in try StudyFile(path: path).plan() } ?? StudyPlan()
    plan.data = data ?? plan.data
    plan.valid = valid ?? plan.valid
    plan.test = test ?? plan.test
    plan.tokenizer = tokenizer ?? plan.tokenizer
    plan.metric = metric ?? plan.metric
    plan.title = title ?? plan.title
    plan.output = output ?? plan.output
    plan.fractionSeed = fractionSeed ?? plan.fractionSeed
    try setProgram(&plan)
    if !initialWeights.isEmpty { try plan.setInitialWeights(try weights(), from: .flags) }
    if let fractions {
      try plan.setShares(
        try numbers("--fractions", fractions, "0.01,0.1") { Double($0) }.map { StudyPlan.LabelShare($0) }, from: .flags)
    }
    if let seeds { try plan.setSeeds(try numbers("--seeds", seeds, "0,1,2") { UInt64($0) }, from: .flags) }
    try setTrainFlags(&plan)
    return plan
  }

  private func setProgram(_ plan: inout StudyPlan) throws(Diagnostic) {
    if let program {
      plan.program = program
      plan.model = nil
    }
    if let model {
      plan.model = BuildOptions(model: model)
      plan.program = program
    }
    if settings.isEmpty && batch == nil && precision == nil { return }
    guard var options = plan.model else {
      throw Diagnostic(.usage, "--set, --batch and --precision go with --model: a program is built already")
    }
    options.settings += settings
    options.batch = batch ?? options.batch
    if let precision { options.precision = try choice("--precision", precision) }
    plan.model = options
  }

  private func weights() throws(Diagnostic) -> [StudyPlan.InitialWeights] {
    var result: [StudyPlan.InitialWeights] = []
    for word in initialWeights {
      let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2 else {
        throw Diagnostic(.usage, "--init \(word): expected NAME=FILE, or NAME=none to start afresh")
      }
      result.append(.init(name: sides[0], file: sides[1] == "none" ? nil : sides[1]))
    }
    return result
  }

  private func numbers<Number>(
    _ flag: String, _ text: String, _ example: String, _ read: (String) -> Number?
  ) throws(Diagnostic) -> [Number] {
    var result: [Number] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      guard let number = read(word) else {
        throw Diagnostic(.usage, "\(flag) \(text): expected numbers with commas between them, such as \(example)")
      }
      result.append(number)
    }
    return result
  }

  /// A number and `=` before the flags: they are those of one fraction.
  private func setTrainFlags(_ plan: inout StudyPlan) throws(Diagnostic) {
    var common: [String] = []
    for text in train {
      let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if sides.count == 2, let fraction = Double(sides[0]) {
        try plan.setTrainFlags(words(sides[1]), of: fraction, from: .flags)
      } else {
        common += words(text)
      }
    }
    if !common.isEmpty { try plan.setTrainFlags(common, from: .flags) }
  }

  private func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
}
