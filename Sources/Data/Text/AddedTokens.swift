/// Tokens that are looked for in a text before words are: `[CLS]` and its like.
struct AddedTokens: Sendable {
  /// UTF-8 bytes and id.
  private var tokens: [(text: [UInt8], id: Int32)] = []

  enum Part {
    case text(Range<Int>)
    case token(Int32)
  }

  mutating func add(_ text: String, id: Int32) {
    if !text.isEmpty { tokens.append((Array(text.utf8), id)) }
  }

  /// The parts of `bytes`, in order: at each place the longest added token, and the text between them.
  func split(_ bytes: [UInt8]) -> [Part] {
    var parts: [Part] = []
    var textStart = 0
    var position = 0
    while position < bytes.count {
      guard let token = longestToken(bytes, at: position) else {
        position += 1
        continue
      }
      if textStart < position { parts.append(.text(textStart..<position)) }
      parts.append(.token(token.id))
      position += token.text.count
      textStart = position
    }
    if textStart < bytes.count { parts.append(.text(textStart..<bytes.count)) }
    return parts
  }

  private func longestToken(_ bytes: [UInt8], at position: Int) -> (text: [UInt8], id: Int32)? {
    var best: (text: [UInt8], id: Int32)?
    for token in tokens where token.text[0] == bytes[position] && token.text.count > best?.text.count ?? 0 {
      if bytes[position...].starts(with: token.text) { best = token }
    }
    return best
  }
}
