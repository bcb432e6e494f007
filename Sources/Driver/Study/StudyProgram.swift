import IRText
import Training

/// The training program of a study: where it is, and what it says of itself.
struct StudyProgram {
  /// With a slash, so that it is not looked for in PATH.
  let path: String
  let model: String
  let irHash: String
  private let task: Task

  /// Asks a program. Absent: `noInput`; none that mrmc built: `badData`.
  init(path: String) throws(Diagnostic) {
    let place = SourceLocation(file: path)
    self.path = path.contains("/") ? path : "./" + path
    let bytes = try readFile(path)
    let foreign = Diagnostic(
      .badData, at: place, "is not a training program built by mrmc",
      notes: ["build one with mrmc build MODEL -o PROGRAM, or give --model MODEL"])
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]), bytes.contains(sequence: Array("\"compiler\":\"mrmc ".utf8)),
      let json = try Self.info(self.path),
      let model = json["model"]?.stringValue, let irHash = json["ir_hash"]?.stringValue,
      let feeds = json["feeds"]?.elements, let metrics = json["metrics"]?.elements
    else { throw foreign }
    self.model = model
    self.irHash = irHash
    var known: (feeds: [Feed], metrics: [Metric]) = ([], [])
    for feed in feeds { known.feeds.append(try Feed(JSONReader(feed, name: "feed", at: place))) }
    for metric in metrics { known.metrics.append(try Metric(JSONReader(metric, name: "metric", at: place))) }
    task = Task(
      "", feeds: known.feeds, metrics: known.metrics, schedule: Schedule(.cosine),
      recipe: Recipe(length: .steps(1), warmup: .steps(0), rate: .peak(1)))
  }

  private static func info(_ path: String) throws(Diagnostic) -> JSON? {
    let outcome = try Toolchain.run(path, ["info", "--json"], capture: true)
    return outcome.status == 0 ? try? JSON.parse(outcome.output, file: path) : nil
  }

  /// The keys of the plain numbers of `eval --json`.
  var keys: [String] { task.metricKeys }

  /// `usage` for a metric that the program does not measure.
  func check(metric: String) throws(Diagnostic) {
    if keys.contains(metric) { return }
    throw Diagnostic(
      .usage, "--metric \(metric): \(model) does not measure it",
      notes: (nearest(metric, among: keys).map { ["did you mean \($0)?"] } ?? [])
        + ["it measures " + keys.joined(separator: ", ")])
  }

  /// The metric for people: `AUROC`.
  func label(of key: String) -> String { task.metrics.first { $0.name == key }?.label ?? key }
}

extension StudyProgram {
  /// The program in a study's folder, built unless it is there. One of another model or other flags is `usage`, or with
  /// `replaces` built anew.
  static func built(_ options: BuildOptions, in folder: String, replaces: Bool) throws(Diagnostic) -> StudyProgram {
    let path = folder + "/program"
    let note = folder + "/program.json"
    let isText = options.model.hasSuffix(".swift") || options.model.hasSuffix(".tir")
    let wanted: JSON = [
      "model": .string(options.model), "flags": .array(options.commandLine.map { .string($0) }),
      "source": isText ? .string(try fileHash(options.model)) : .null,
    ]
    if fileKind(path) == .file, let known = try? JSON.read(path: note) {
      if known == wanted { return try StudyProgram(path: path) }
      if !replaces {
        let words = ([known["model"]] + (known["flags"]?.elements ?? [])).compactMap { $0?.stringValue }
        throw Diagnostic(
          .usage, at: SourceLocation(file: path), "was built otherwise: \(words.joined(separator: " "))",
          notes: ["--redo builds it anew and does again what depends on it; or give another --output"])
      }
    }
    // Without its note the program is built again: it may be half of something else.
    removeTree(note)
    try Build(options, output: path).run()
    try AtomicFile.write(wanted.pretty, to: note)
    return try StudyProgram(path: path)
  }
}
