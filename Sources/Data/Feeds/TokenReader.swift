/// Texts: tokenised, and some of their words hidden.
struct TokenReader: FeedReader {
  let feed: TokenFeed
  let name: String
  let tokenizer: Tokenizer
  /// Which of the task's feeds of tokens it is.
  let ordinal: Int

  /// `badData` when the tokenizer has more ids than the model.
  init(_ feed: TokenFeed, name: String, tokenizer: Tokenizer, ordinal: Int) throws(Diagnostic) {
    try tokenizer.check(vocabulary: feed.vocabulary)
    self.feed = feed
    self.name = name
    self.tokenizer = tokenizer
    self.ordinal = ordinal
  }

  func columns(in header: [String]) -> [String] { [feed.column] }

  func write(_ record: RecordView, row: Int, to buffers: FeedBuffers) {
    let length = feed.length
    let report = tokenizer.encode(record.table.field(record.record, feed.column), length: length)
    var stream = record.stream(.reportMask, feed: ordinal)
    let masked = ReportMasking(probability: Float(feed.masking)).apply(
      report, padID: tokenizer.padID, maskID: tokenizer.maskID, stream: &stream)
    func part(_ part: String) -> UnsafeMutablePointer<Int32> {
      buffers.pointer(FeedPort(name, part), as: Int32.self) + row * length
    }
    let (ids, labels, mask) = (part(TokenFeed.ids), part(TokenFeed.labels), part(TokenFeed.mask))
    for position in 0..<length {
      ids[position] = masked[position]
      labels[position] = report.ids[position]
      mask[position] = position < report.count ? 1 : 0
    }
  }
}
