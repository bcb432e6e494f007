import Support

extension Feed {
  public var json: JSON {
    let members: [JSONMember] =
      switch source {
      case .image(let feed):
        [
          JSONMember("kind", "image"), JSONMember("column", .string(feed.column)),
          JSONMember("side", .integer(feed.side)), JSONMember("channels", .integer(feed.channels)),
          JSONMember(
            "crop",
            [
              "scale": .numbers(feed.crop.scale), "ratio": .numbers(feed.crop.ratio),
              "flip": .number(feed.crop.flip), "interpolation": .string(feed.crop.interpolation.rawValue),
            ]),
          JSONMember("mean", .number(feed.normalization.mean)), JSONMember("std", .number(feed.normalization.std)),
        ]
      case .tokens(let feed):
        [
          JSONMember("kind", "tokens"), JSONMember("column", .string(feed.column)),
          JSONMember("length", .integer(feed.length)), JSONMember("vocabulary", .integer(feed.vocabulary)),
          JSONMember("masking", .number(feed.masking)),
        ]
      case .labels(let feed):
        [
          JSONMember("kind", "labels"), JSONMember("columns", .strings(feed.columns)),
          JSONMember("values", .string(feed.kind.rawValue)), JSONMember("missing", .string(feed.missing.rawValue)),
        ]
      case .noise(let feed): [JSONMember("kind", "noise"), JSONMember("count", .integer(feed.count))]
      }
    return .object([JSONMember("name", .string(name))] + members)
  }

  public init(_ reader: JSONReader) throws(Diagnostic) {
    let name = try reader.string("name")
    switch try reader.string("kind") {
    case "image": self.init(name, .image(try ImageFeed(reader)))
    case "tokens":
      self.init(
        name,
        .tokens(
          TokenFeed(
            column: try reader.string("column"), length: try reader.size("length"),
            vocabulary: try reader.size("vocabulary"), masking: try reader.share("masking"))))
    case "labels":
      let columns = try reader.strings("columns")
      if columns.isEmpty { throw reader.bad("columns: expected one or more") }
      self.init(
        name,
        .labels(LabelFeed(columns: columns, kind: try reader.word("values"), missing: try reader.word("missing"))))
    case "noise": self.init(name, .noise(NoiseFeed(count: try reader.size("count"))))
    case let kind: throw reader.bad("kind \"\(kind)\": expected image, tokens, labels or noise")
    }
  }
}

extension ImageFeed {
  fileprivate init(_ reader: JSONReader) throws(Diagnostic) {
    let crop = try reader.child("crop")
    let scale = try crop.range("scale")
    let ratio = try crop.range("ratio")
    if scale.upperBound > 1 { throw crop.bad("scale: expected shares of the area, at most 1") }
    let std = try reader.double("std")
    if std <= 0 { throw reader.bad("std \(std): expected more than 0") }
    self.init(
      column: try reader.string("column"), side: try reader.size("side"), channels: try reader.size("channels"),
      crop: Crop(
        scale: scale, ratio: ratio, flip: try crop.share("flip"), interpolation: try crop.word("interpolation")),
      normalization: Normalization(mean: try reader.double("mean"), std: std))
  }
}

extension JSONReader {
  /// Two numbers above 0, the first no more than the second.
  fileprivate func range(_ key: String) throws(Diagnostic) -> ClosedRange<Double> {
    let ends = try doubles(key)
    guard ends.count == 2, ends[0] > 0, ends[0] <= ends[1] else {
      throw bad("\(key): expected two numbers above 0, the smaller first")
    }
    return ends[0]...ends[1]
  }

  /// A number from 0 to 1.
  fileprivate func share(_ key: String) throws(Diagnostic) -> Double {
    let value = try double(key)
    guard (0...1).contains(value) else { throw bad("\(key) \(value): expected 0 to 1") }
    return value
  }
}
