/// A study as it is asked for: kinds of initial weights × shares of the labels × seeds, on one program and its lists.
public struct StudyPlan: Sendable {
  /// One kind of initial weights.
  public struct InitialWeights: Sendable, Hashable {
    /// Part of the names of its runs.
    public var name: String
    /// A safetensors file or a checkpoint; nil: every parameter starts afresh.
    public var file: String?

    public init(name: String, file: String?) {
      self.name = name
      self.file = file
    }
  }

  /// A share of the labels, and how to train on so many.
  public struct LabelShare: Sendable, Hashable {
    /// Above 0, up to 1.
    public var fraction: Double
    /// Flags of the program's `train`, behind those of all runs.
    public var flags: [String]

    public init(_ fraction: Double, flags: [String] = []) {
      self.fraction = fraction
      self.flags = flags
    }

    /// The share as flags and file names have it: `0.01`, `1`.
    var text: String { fraction == 1 ? "1" : "\(fraction)" }

    /// The share for people: `1 %`.
    var percent: String { (100 * fraction).significant(6) + " %" }
  }

  /// The training program; nil: `model` is built.
  public var program: String?
  /// What is built, once, into the study's folder, where no program is given.
  public var model: BuildOptions?
  /// The list to train on.
  public var data: String?
  /// The list that says which checkpoint of a run is best; nil: the last one is taken.
  public var valid: String?
  /// The list that the results are measured on.
  public var test: String?
  /// For programs that read texts.
  public var tokenizer: String?
  /// A key of `eval --json`.
  public var metric = "auc"
  /// Flags of the program's `train`, for all runs.
  public var trainFlags: [String] = []
  /// Chooses the records of a share, the same for every run.
  public var fractionSeed: UInt64 = 0
  /// The study's folder.
  public var output: String?
  /// The heading of table and picture; nil: made of model and metric.
  public var title: String?
  public private(set) var initialWeights: [InitialWeights] = []
  public private(set) var shares: [LabelShare] = []
  public private(set) var seeds: [UInt64] = []

  public init() {}
}

extension StudyPlan {
  /// Sets the kinds of initial weights. Names that cannot be those of folders, or are there twice, are refused.
  public mutating func setInitialWeights(_ weights: [InitialWeights], from origin: StudyOrigin) throws(Diagnostic) {
    let name = origin.name("init")
    for kind in weights {
      let isPlain = kind.name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: false
        }
      }
      if kind.name.isEmpty || kind.name.utf8.first == UInt8(ascii: ".") || !isPlain {
        throw origin.refusal(
          "\(name) \"\(kind.name)\": expected a name of letters, digits, _, - and ., such as mae=mae.safetensors")
      }
      if kind.file?.isEmpty == true {
        throw origin.refusal("\(name) \(kind.name): expected a weights file, or none to start afresh")
      }
    }
    if let twice = Self.repeated(weights.map(\.name)) { throw origin.refusal("\(name) \(twice) is there twice") }
    initialWeights = weights
  }

  /// Sets the shares of the labels. One out of range, or there twice, is refused, as are flags that the study gives itself.
  public mutating func setShares(_ shares: [LabelShare], from origin: StudyOrigin) throws(Diagnostic) {
    let name = origin.name("fractions")
    for share in shares where !(share.fraction > 0 && share.fraction <= 1) {
      throw origin.refusal("\(name) \(share.fraction.significant(6)): expected more than 0 and at most 1")
    }
    if let twice = Self.repeated(shares.map(\.text)) { throw origin.refusal("\(name) \(twice) is there twice") }
    for share in shares { try Self.check(share.flags, from: origin) }
    self.shares = shares
  }

  /// Sets the seeds of the runs. One that is there twice is refused.
  public mutating func setSeeds(_ seeds: [UInt64], from origin: StudyOrigin) throws(Diagnostic) {
    if let twice = Self.repeated(seeds.map { "\($0)" }) {
      throw origin.refusal("\(origin.name("seeds")) \(twice) is there twice")
    }
    self.seeds = seeds
  }

  /// Sets the flags of all runs, refusing those that the study gives itself.
  public mutating func setTrainFlags(_ flags: [String], from origin: StudyOrigin) throws(Diagnostic) {
    try Self.check(flags, from: origin)
    trainFlags = flags
  }

  /// Gives one share flags of its own. A share that the study has not is refused.
  public mutating func setTrainFlags(
    _ flags: [String], of fraction: Double, from origin: StudyOrigin
  ) throws(Diagnostic) {
    try Self.check(flags, from: origin)
    guard let index = shares.firstIndex(where: { $0.fraction == fraction }) else {
      throw origin.refusal(
        "\(origin.name("train")) \(fraction.significant(6))=…: the study has no such fraction; it has "
          + shares.map(\.text).joined(separator: ", "))
    }
    shares[index].flags = flags
  }

  /// Flags of `train` that come from the study itself.
  private static let own = [
    "--data", "--valid", "--tokenizer", "--output", "--resume", "--seed", "--fraction", "--fraction-seed",
    "--init-weights", "--keep-best", "--quiet", "--log-format", "--profile", "--help", "-h",
  ]

  private static func check(_ flags: [String], from origin: StudyOrigin) throws(Diagnostic) {
    for flag in flags where own.contains(String(flag.prefix { $0 != "=" })) {
      throw origin.refusal("\(origin.name("train")) \(flag): the study gives this flag itself")
    }
    if let first = flags.first, !first.hasPrefix("-") {
      throw origin.refusal(
        "\(origin.name("train")) \(first): expected flags of the program's train, such as --steps 500")
    }
  }

  private static func repeated(_ words: [String]) -> String? {
    words.indices.first { words[..<$0].contains(words[$0]) }.map { words[$0] }
  }
}
