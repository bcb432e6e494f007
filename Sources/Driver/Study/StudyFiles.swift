/// The files that a study reads, each hashed once.
struct StudyFiles {
  let data: String
  let valid: String?
  let test: String
  let tokenizer: String?
  private let hashes: [(name: String, hash: String?)]
  private let weights: [StudyPlan.InitialWeights: String]

  /// `usage` for a list that is not given; `noInput` for a file that is absent.
  init(_ plan: StudyPlan) throws(Diagnostic) {
    guard let data = plan.data else { throw Diagnostic(.usage, "--data is missing: the list to train on") }
    guard let test = plan.test else {
      throw Diagnostic(.usage, "--test is missing: the list that the results are measured on")
    }
    self.data = data
    self.test = test
    valid = plan.valid
    tokenizer = plan.tokenizer
    hashes = [
      ("data", try fileHash(data)), ("valid", try plan.valid.map(fileHash)), ("test", try fileHash(test)),
      ("tokenizer", try plan.tokenizer.map(fileHash)),
    ]
    var weights: [StudyPlan.InitialWeights: String] = [:]
    for kind in plan.initialWeights { weights[kind] = try kind.file.map(Self.hash(ofWeights:)) }
    self.weights = weights
  }

  private static func hash(ofWeights path: String) throws(Diagnostic) -> String {
    guard fileKind(path) == .directory else { return try fileHash(path) }
    let file = path + "/model.safetensors"
    if fileKind(file) == .file { return try fileHash(file) }
    throw Diagnostic(
      .noInput, at: SourceLocation(file: path), "the directory holds no model.safetensors",
      notes: ["give a safetensors file or a checkpoint directory"])
  }

  /// The hash of initial weights; nil: there is no file.
  func hash(of kind: StudyPlan.InitialWeights) -> String? { weights[kind] }

  /// The hashes of the files that a run with these initial weights reads.
  func hashes(for kind: StudyPlan.InitialWeights) -> [(name: String, hash: String?)] {
    hashes + [("init", weights[kind])]
  }

  /// `{"data": {"file", "hash"}, …}`, those that there are.
  var json: JSON {
    let paths = ["data": data, "valid": valid, "test": test, "tokenizer": tokenizer]
    return .object(
      hashes.compactMap { name, hash in
        guard let hash, let path = paths[name] ?? nil else { return nil }
        return JSONMember(name, ["file": .string(path), "hash": .string(hash)])
      })
  }
}
