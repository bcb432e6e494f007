import IRText
import Models

/// A study written in JSON (`docs/study.md`). Paths in it start from its folder.
public struct StudyFile {
  private let path: String
  private let json: JSON
  private var origin: StudyOrigin { .file(path) }

  private static let keys = [
    "title", "program", "model", "set", "batch", "precision", "data", "valid", "test", "tokenizer", "inits",
    "fractions",
    "fraction_seed", "seeds", "metric", "train", "output",
  ]

  /// Absent file: `noInput`; no JSON, or a key that there is not: `badData`.
  public init(path: String) throws(Diagnostic) {
    self.path = path
    json = try JSON.read(path: path)
    guard let members = json.members else { throw StudyOrigin.file(path).refusal("expected an object, {…}") }
    try check(members, Self.keys, "")
  }

  /// The plan; a value of another kind, or that cannot be: `badData`.
  public func plan() throws(Diagnostic) -> StudyPlan {
    var plan = StudyPlan()
    plan.title = try string("title")
    plan.program = try file("program")
    plan.model = try build()
    if plan.program != nil, plan.model != nil { throw origin.refusal("program and model exclude each other") }
    plan.data = try file("data")
    plan.valid = try file("valid")
    plan.test = try file("test")
    plan.tokenizer = try file("tokenizer")
    plan.output = try file("output")
    plan.metric = try string("metric") ?? plan.metric
    try plan.setInitialWeights(try initialWeights(), from: origin)
    try plan.setShares(try shares(), from: origin)
    try plan.setSeeds(try seeds(), from: origin)
    if let seed = value("fraction_seed") { plan.fractionSeed = try Self.seed(seed, "fraction_seed", origin) }
    if let flags = value("train") { try plan.setTrainFlags(try words(flags, "train"), from: origin) }
    return plan
  }

  private func build() throws(Diagnostic) -> BuildOptions? {
    guard let model = try string("model") else {
      for key in ["set", "batch", "precision"] where value(key) != nil {
        throw origin.refusal("\(key) goes with model: a program is built already")
      }
      return nil
    }
    var options = BuildOptions(model: model.hasSuffix(".swift") || model.hasSuffix(".tir") ? placed(model) : model)
    if let settings = value("set") {
      guard let members = settings.members else {
        throw origin.refusal("set: expected an object, {\"labels\": \"a,b\"}")
      }
      for member in members {
        let text: String
        switch member.value {
        case .string(let value): text = value
        case .bool(let value): text = "\(value)"
        case .integer(let value): text = "\(value)"
        case .number(let value): text = "\(value)"
        case .null, .array, .object: throw origin.refusal("set.\(member.key): expected a text, a number, true or false")
        }
        options.settings.append("\(member.key)=\(text)")
      }
    }
    if let batch = value("batch") {
      guard let number = batch.intValue else { throw origin.refusal("batch: expected a whole number") }
      options.batch = number
    }
    if let name = try string("precision") {
      guard let precision = Precision(rawValue: name) else {
        throw origin.refusal(
          "precision \"\(name)\": expected \(Precision.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      options.precision = precision
    }
    return options
  }

  private func initialWeights() throws(Diagnostic) -> [StudyPlan.InitialWeights] {
    guard let inits = value("inits") else { return [] }
    guard let members = inits.members else {
      throw origin.refusal("inits: expected an object, {\"scratch\": null, \"mae\": \"mae.safetensors\"}")
    }
    var result: [StudyPlan.InitialWeights] = []
    for member in members {
      switch member.value {
      case .null, .string("none"): result.append(.init(name: member.key, file: nil))
      case .string(let path): result.append(.init(name: member.key, file: path.isEmpty ? path : placed(path)))
      case .bool, .integer, .number, .array, .object:
        throw origin.refusal("inits.\(member.key): expected a weights file, or null to start afresh")
      }
    }
    return result
  }

  private func shares() throws(Diagnostic) -> [StudyPlan.LabelShare] {
    guard let list = value("fractions") else { return [] }
    guard let elements = list.elements else { throw origin.refusal("fractions: expected a list, [0.01, 0.1]") }
    var result: [StudyPlan.LabelShare] = []
    for (index, element) in elements.enumerated() {
      let name = "fractions[\(index)]"
      if let number = element.doubleValue {
        result.append(.init(number))
        continue
      }
      guard let members = element.members, let number = element["fraction"]?.doubleValue else {
        throw origin.refusal("\(name): expected a number, or {\"fraction\": 0.01, \"flags\": [\"--steps\", \"500\"]}")
      }
      try check(members, ["fraction", "flags"], name + ".")
      let flags = element["flags"].map { ($0, "\(name).flags") }
      result.append(
        .init(number, flags: try flags.map { (json, name) throws(Diagnostic) in try words(json, name) } ?? []))
    }
    return result
  }

  private func seeds() throws(Diagnostic) -> [UInt64] {
    guard let list = value("seeds") else { return [] }
    guard let elements = list.elements else { throw origin.refusal("seeds: expected a list, [0, 1, 2]") }
    var result: [UInt64] = []
    for (index, element) in elements.enumerated() { result.append(try Self.seed(element, "seeds[\(index)]", origin)) }
    return result
  }

  private static func seed(_ json: JSON, _ name: String, _ origin: StudyOrigin) throws(Diagnostic) -> UInt64 {
    guard let value = json.intValue.flatMap(UInt64.init(exactly:)) ?? json.stringValue.flatMap({ UInt64($0) }) else {
      throw origin.refusal("\(name): expected a whole number, 0 or more")
    }
    return value
  }

  /// Flags, as a list or as one text with blanks between them.
  private func words(_ json: JSON, _ name: String) throws(Diagnostic) -> [String] {
    if let text = json.stringValue { return text.split(separator: " ").map(String.init) }
    let words = json.elements?.compactMap(\.stringValue)
    guard let words, words.count == json.elements?.count else {
      throw origin.refusal("\(name): expected a list of texts, [\"--steps\", \"500\"]")
    }
    return words
  }

  /// nil when it is absent or null.
  private func value(_ key: String) -> JSON? { json[key].flatMap { $0.isNull ? nil : $0 } }

  private func string(_ key: String) throws(Diagnostic) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.stringValue, !text.isEmpty else { throw origin.refusal("\(key): expected a text") }
    return text
  }

  private func file(_ key: String) throws(Diagnostic) -> String? { try string(key).map(placed) }

  /// The path under which a file that the study names can be opened.
  private func placed(_ file: String) -> String {
    let folder = directoryName(path)
    return file.hasPrefix("/") || folder == "." || path == "-" ? file : folder + "/" + file
  }

  private func check(_ members: [JSONMember], _ known: [String], _ prefix: String) throws(Diagnostic) {
    for member in members where !known.contains(member.key) {
      throw origin.refusal(
        "\(prefix)\(member.key): there is no such key",
        notes: nearest(member.key, among: known).map { ["did you mean \($0)?"] }
          ?? ["the keys are " + known.joined(separator: ", ")])
    }
  }
}
