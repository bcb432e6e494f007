/// What a run of a study depends on, as hashes and words: with other inputs its result does not count.
struct StudyInputs {
  let json: JSON

  /// `hashes`: of files by what they are for; nil where the study has none.
  init(
    program: String, hashes: [(name: String, hash: String?)], share: StudyPlan.LabelShare, fractionSeed: UInt64,
    seed: UInt64, metric: String, flags: [String]
  ) {
    json = .object(
      [JSONMember("program", .string(program))]
        + hashes.map { JSONMember($0.name, $0.hash.map { .string($0) } ?? .null) }
        + [
          JSONMember("fraction", .string(share.text)), JSONMember("fraction_seed", .string("\(fractionSeed)")),
          JSONMember("seed", .string("\(seed)")), JSONMember("metric", .string(metric)),
          JSONMember("flags", .array(flags.map { .string($0) })),
        ])
  }

  /// The names of those that were otherwise before.
  func changes(from earlier: JSON) -> [String] {
    (json.members ?? []).filter { earlier[$0.key] != $0.value }.map { Self.words[$0.key] ?? $0.key }
  }

  private static let words = [
    "program": "the program", "data": "the training list", "valid": "the validation list", "test": "the test list",
    "tokenizer": "the tokenizer", "init": "the initial weights", "fraction_seed": "--fraction-seed",
    "metric": "--metric", "flags": "the training flags",
  ]
}
