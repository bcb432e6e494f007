/// A report as the model reads it.
public struct EncodedReport: Sendable, Hashable {
  /// `[CLS]`, the tokens of the text, `[PAD]`s.
  public var ids: [Int32]
  /// The number of ids before the padding.
  public var count: Int
  /// By position: the token begins a word (is no `##` piece). False on padding.
  public var startsWord: [Bool]

  public init(ids: [Int32], count: Int, startsWord: [Bool]) {
    self.ids = ids
    self.count = count
    self.startsWord = startsWord
  }

  /// 1 on tokens, 0 on padding.
  public var attentionMask: [Int32] { ids.indices.map { $0 < count ? 1 : 0 } }
}

/// Turns reports into ids: a WordPiece tokenizer read from an HF tokenizer file or from BERT's `vocab.txt`.
public struct Tokenizer: Sendable {
  /// The file as the user named it.
  public let file: String
  /// The ids of `[PAD]` (always 0), `[UNK]`, `[CLS]` and `[MASK]`.
  public let padID: Int32
  public let unknownID: Int32
  public let classID: Int32
  public let maskID: Int32
  let normalizers: [TextNormalizer]
  let preTokenizers: [PreTokenizer]
  let wordPiece: WordPiece
  let addedTokens: AddedTokens

  /// Reads `path`: a file that begins with `{` is an HF tokenizer, any other a vocabulary of one token a line.
  /// Absent: `noInput`; malformed or of a kind not supported: `badData`, naming what is missing.
  public init(path: String) throws(Diagnostic) {
    try self.init(bytes: readFile(path), file: path)
  }

  /// Reads `bytes`; `file` is the name that errors show.
  public init(bytes: [UInt8], file: String) throws(Diagnostic) {
    let isJSON = bytes.first { $0 > 0x20 && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF } == UInt8(ascii: "{")
    let parts = isJSON ? try TokenizerFile.read(bytes, file: file) : try VocabularyFile.read(bytes, file: file)
    var ids: [Int32] = []
    for name in ["[PAD]", parts.unknown, "[CLS]", "[MASK]"] {
      guard let id = parts.ids[TokenKey(name)] else {
        throw Diagnostic(.badData, at: SourceLocation(file: file), "the vocabulary has no token \(name)")
      }
      ids.append(id)
    }
    guard ids[0] == 0 else {
      throw Diagnostic(
        .badData, at: SourceLocation(file: file), "[PAD] has id \(ids[0]), expected 0: models take 0 for padding")
    }
    self.file = file
    (padID, unknownID, classID, maskID) = (ids[0], ids[1], ids[2], ids[3])
    normalizers = parts.normalizers
    preTokenizers = parts.preTokenizers
    addedTokens = parts.addedTokens
    wordPiece = WordPiece(
      tokens: parts.tokens, continuationPrefix: parts.continuationPrefix,
      maximumCharacters: parts.maximumCharacters, unknown: ids[1])
  }

  /// One more than the largest id.
  public var vocabularySize: Int { wordPiece.tokens.count }

  /// The ids of `"[CLS] " + report`, cut or padded with `[PAD]` to `length` (at least 1). No `[SEP]` is added.
  /// As in the public tokenizer, `[MASK]` and its like written out in a report become those tokens.
  public func encode(_ report: String, length: Int) -> EncodedReport {
    var ids: [Int32] = []
    let bytes = Array("[CLS] ".utf8) + Array(report.utf8)
    for part in addedTokens.split(bytes) {
      if ids.count >= length { break }
      switch part {
      case .token(let id): ids.append(id)
      case .text(let range): encode(bytes[range], limit: length, into: &ids)
      }
    }
    let count = min(ids.count, length)
    ids = Array(ids.prefix(length)) + [Int32](repeating: padID, count: length - count)
    let startsWord = ids.indices.map { $0 < count && !wordPiece.isContinuation[Int(ids[$0])] }
    return EncodedReport(ids: ids, count: count, startsWord: startsWord)
  }

  private func encode(_ bytes: ArraySlice<UInt8>, limit: Int, into ids: inout [Int32]) {
    var text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    for normalizer in normalizers { text = normalizer.apply(text) }
    _ = PreTokenizer.split(text, 0..<text.count, by: preTokenizers[...]) { word in
      wordPiece.encode(text[word], into: &ids)
      return ids.count < limit
    }
  }

  /// The tokens of `ids` as they stand in the vocabulary (`##` kept); an id that it lacks becomes `[UNK]`.
  public func decode(_ ids: some Sequence<Int32>) -> [String] {
    ids.map { id in
      let known = wordPiece.tokens.indices.contains(Int(id)) ? wordPiece.tokens[Int(id)] : nil
      return known ?? "[UNK]"
    }
  }

  /// `badData` when an id could exceed the model's `vocabulary`.
  public func check(vocabulary: Int) throws(Diagnostic) {
    guard vocabularySize > vocabulary else { return }
    throw Diagnostic(
      .badData, at: SourceLocation(file: file),
      "the vocabulary has \(vocabularySize) tokens, more than the \(vocabulary) that the model was built for; give that model's tokenizer"
    )
  }
}
