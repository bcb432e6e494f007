/// A token as a dictionary key: equal when its bytes are, while `String` also equates canonically equivalent texts.
struct TokenKey: Hashable, Sendable {
  private let bytes: [UInt8]

  init(_ token: String) { bytes = Array(token.utf8) }
}

/// What a tokenizer file says, before it is checked as a whole.
struct TokenizerParts {
  var normalizers: [TextNormalizer] = []
  var preTokenizers: [PreTokenizer] = []
  var addedTokens = AddedTokens()
  /// Tokens by id, nil where no token has the id.
  var tokens: [String?] = []
  var ids: [TokenKey: Int32] = [:]
  var continuationPrefix = "##"
  var maximumCharacters = 100
  var unknown = "[UNK]"

  /// The pipeline of the public masked-record-modeling tokenizer.
  static let mrmNormalizers: [TextNormalizer] = [.lowercase, .form(.nfkd), .stripAccents]
  static let mrmPreTokenizers: [PreTokenizer] = [.whitespace, .digits(individual: false)]
  /// The pipeline of BERT's pre-tokenizer.
  static let bertPreTokenizers: [PreTokenizer] = [.whitespaceSplit, .punctuation]

  /// Larger ids are taken for damage.
  static let maximumID = 10_000_000

  /// Enters a token; returns what is wrong with it, or nil.
  mutating func add(_ token: String, id: Int) -> String? {
    guard (0...Self.maximumID).contains(id) else { return "token \"\(token)\" has id \(id)" }
    if id >= tokens.count { tokens.append(contentsOf: repeatElement(nil, count: id + 1 - tokens.count)) }
    if let other = tokens[id] { return "tokens \"\(other)\" and \"\(token)\" both have id \(id)" }
    guard ids.updateValue(Int32(id), forKey: TokenKey(token)) == nil else { return "token \"\(token)\" appears twice" }
    tokens[id] = token
    return nil
  }
}
