/// The feeds that a command reads, with what they need beside the list.
public struct FeedSet: Sendable {
  public let feeds: [Feed]
  /// The tokenizer's file, where texts are read.
  public let tokenizer: Tokenizer?
  let readers: [any FeedReader]

  /// `tokenizer`: its file. `usage` where texts are read and it is missing, or where it is given and none are.
  public init(_ feeds: [Feed], tokenizer path: String?) throws(Diagnostic) {
    let hasText = feeds.contains(where: \.readsText)
    if hasText, path == nil { throw Diagnostic(.usage, "--tokenizer is missing: this program reads texts") }
    if !hasText, let path {
      throw Diagnostic(.usage, "--tokenizer \(path): this program reads no texts", notes: ["leave the flag out"])
    }
    let tokenizer = try path.map { (path) throws(Diagnostic) in try Tokenizer(path: path) }
    var readers: [any FeedReader] = []
    var (noises, texts) = (0, 0)
    for feed in feeds {
      switch feed.source {
      case .image(let image): readers.append(ImageReader(feed: image, port: FeedPort(feed.name, ImageFeed.pixels)))
      case .labels(let labels): readers.append(LabelReader(feed: labels, port: FeedPort(feed.name, LabelFeed.values)))
      case .noise(let noise):
        readers.append(NoiseReader(feed: noise, port: FeedPort(feed.name, NoiseFeed.values), ordinal: noises))
        noises += 1
      case .tokens(let tokens):
        readers.append(try TokenReader(tokens, name: feed.name, tokenizer: tokenizer!, ordinal: texts))
        texts += 1
      }
    }
    self.feeds = feeds
    self.tokenizer = tokenizer
    self.readers = readers
  }

  /// Reads a list and checks every record of it; without `needsFiles` the files that it names may be absent.
  /// `noInput`: the list or an image is absent; `badData`: malformed, a column or a label wrong, or no records.
  public func table(_ path: String, training: Bool, needsFiles: Bool = true) throws(Diagnostic) -> RecordTable {
    let table = try TableReader.read(path, readers)
    try check(table, training: training, needsFiles: needsFiles)
    return table
  }

  /// Checks every record of a table.
  public func check(_ table: RecordTable, training: Bool, needsFiles: Bool = true) throws(Diagnostic) {
    for reader in readers where needsFiles || reader.pathColumns.isEmpty {
      try reader.check(table, training: training)
    }
  }

  /// The column that names a record for people: its picture's, else the first.
  public var nameColumn: String? { (readers.flatMap(\.pathColumns) + readers.flatMap { $0.columns(in: []) }).first }
}
