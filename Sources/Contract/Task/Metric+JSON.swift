import Support

extension Metric {
  public var json: JSON {
    let members: [JSONMember] =
      switch kind {
      case .mean(let result): [JSONMember("kind", "mean"), JSONMember("of", .string(result))]
      case .ratio(let sum, let count):
        [JSONMember("kind", "ratio"), JSONMember("sum", .string(sum)), JSONMember("count", .string(count))]
      case .combination(let terms):
        [
          JSONMember("kind", "combination"),
          JSONMember(
            "terms", .array(terms.map { ["metric": .string($0.metric), "weight": .number($0.weight)] })),
        ]
      case .restoredTokens(let correct, let count, let feed):
        [
          JSONMember("kind", "restored_tokens"), JSONMember("correct", .string(correct)),
          JSONMember("count", .string(count)), JSONMember("feed", .string(feed)),
        ]
      case .classification(let scores, let feed):
        [
          JSONMember("kind", "classification"), JSONMember("scores", .string(scores)),
          JSONMember("feed", .string(feed)),
        ]
      case .regression(let predictions, let feed):
        [
          JSONMember("kind", "regression"), JSONMember("predictions", .string(predictions)),
          JSONMember("feed", .string(feed)),
        ]
      }
    return .object([JSONMember("name", .string(name)), JSONMember("label", .string(label))] + members)
  }

  public init(_ reader: JSONReader) throws(Diagnostic) {
    let kind: Kind
    switch try reader.string("kind") {
    case "mean": kind = .mean(of: try reader.string("of"))
    case "ratio": kind = .ratio(sum: try reader.string("sum"), count: try reader.string("count"))
    case "combination":
      kind = .combination(
        try reader.list("terms") { reader throws(Diagnostic) in
          Term(try reader.string("metric"), weight: try reader.double("weight"))
        })
    case "restored_tokens":
      kind = .restoredTokens(
        correct: try reader.string("correct"), count: try reader.string("count"), feed: try reader.string("feed"))
    case "classification":
      kind = .classification(scores: try reader.string("scores"), feed: try reader.string("feed"))
    case "regression":
      kind = .regression(predictions: try reader.string("predictions"), feed: try reader.string("feed"))
    case let other: throw reader.bad("kind \"\(other)\": there is no such metric")
    }
    self.init(try reader.string("name"), label: try reader.string("label"), kind)
  }
}
