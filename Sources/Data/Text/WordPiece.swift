/// WordPiece (greedy, longest piece first): the vocabulary and how a word becomes ids.
struct WordPiece: Sendable {
  /// Tokens by id; an id that the file leaves out has nil.
  private(set) var tokens: [String?]
  /// What a piece that continues a word begins with.
  let continuationPrefix: String
  /// Longer words become `unknown`.
  let maximumCharacters: Int
  let unknown: Int32
  /// By id: the token begins with the continuation prefix.
  private(set) var isContinuation: [Bool]
  private var starts: TokenTable
  private var continuations: TokenTable

  init(tokens: [String?], continuationPrefix: String, maximumCharacters: Int, unknown: Int32) {
    self.tokens = tokens
    self.continuationPrefix = continuationPrefix
    self.maximumCharacters = maximumCharacters
    self.unknown = unknown
    let prefix = Array(continuationPrefix.utf8)
    isContinuation = [Bool](repeating: false, count: tokens.count)
    starts = TokenTable(capacity: tokens.count)
    continuations = TokenTable(capacity: tokens.count)
    for (id, token) in tokens.enumerated() {
      guard let token else { continue }
      let bytes = Array(token.utf8)
      starts.insert(bytes[...], id: Int32(id))
      if !prefix.isEmpty, bytes.starts(with: prefix) {
        isContinuation[id] = true
        continuations.insert(bytes[prefix.count...], id: Int32(id))
      } else if prefix.isEmpty {
        continuations.insert(bytes[...], id: Int32(id))
      }
    }
  }

  /// Appends the ids of one word: its pieces, or `unknown` alone when any part of it is not in the vocabulary.
  func encode(_ word: ArraySlice<Unicode.Scalar>, into ids: inout [Int32]) {
    guard word.count <= maximumCharacters else { return ids.append(unknown) }
    var bytes: [UInt8] = []
    var ends: [Int] = []
    for scalar in word {
      bytes.append(contentsOf: UTF8.encode(scalar)!)
      ends.append(bytes.count)
    }
    let count = ids.count
    var start = 0
    var character = 0
    while start < bytes.count {
      guard let piece = longestPiece(bytes, ends, start: start, character: character) else {
        ids.removeLast(ids.count - count)
        return ids.append(unknown)
      }
      ids.append(piece.id)
      start = ends[piece.character]
      character = piece.character + 1
    }
  }

  private func longestPiece(
    _ bytes: [UInt8], _ ends: [Int], start: Int, character: Int
  ) -> (id: Int32, character: Int)? {
    let longest = start == 0 ? starts.longest : continuations.longest
    var hash = TokenTable.emptyHash
    var position = start
    var best: (id: Int32, character: Int)?
    for last in character..<ends.count {
      guard ends[last] - start <= longest else { break }
      while position < ends[last] {
        hash = TokenTable.extend(hash, bytes[position])
        position += 1
      }
      let range = start..<position
      let id = start == 0 ? starts.find(bytes, range, hash: hash) : continuations.find(bytes, range, hash: hash)
      if let id { best = (id, last) }
    }
    return best
  }
}
