/// BERT's `vocab.txt`: one token a line, its id the number of the line from 0.
///
/// The file names no normalizer. One that holds `[SEP]` is taken for BERT's own and read with BERT's (lower case unless
/// a token has capitals; each punctuation character alone); any other with masked record modeling's.
enum VocabularyFile {
  static func read(_ bytes: [UInt8], file: String) throws(Diagnostic) -> TokenizerParts {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(.badData, at: SourceLocation(file: file), "is not UTF-8 text")
    }
    var parts = TokenizerParts()
    var scalars = text.unicodeScalars[...]
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    var lines = scalars.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    for (id, line) in lines.enumerated() {
      let token = String(line.last == "\r" ? line.dropLast() : line)
      if let problem = parts.add(token, id: id) {
        throw Diagnostic(.badData, at: SourceLocation(file: file, line: id + 1), problem)
      }
    }
    for name in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] {
      if let id = parts.ids[TokenKey(name)] { parts.addedTokens.add(name, id: id) }
    }
    if parts.ids[TokenKey("[SEP]")] != nil {
      let hasCapitals = parts.tokens.contains { token in
        guard let token, !token.hasPrefix("[") else { return false }
        return token.utf8.contains { (0x41...0x5A).contains($0) }
      }
      parts.normalizers = [
        .bert(cleanText: true, handleChinese: true, stripAccents: !hasCapitals, lowercase: !hasCapitals)
      ]
      parts.preTokenizers = TokenizerParts.bertPreTokenizers
    } else {
      parts.normalizers = TokenizerParts.mrmNormalizers
      parts.preTokenizers = TokenizerParts.mrmPreTokenizers
    }
    return parts
  }
}
