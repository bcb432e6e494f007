/// An HF tokenizer file (`tokenizer.json`) with a WordPiece model. Its post-processor, decoder, truncation and padding
/// are not used: a report is `[CLS]` and its text, cut to the model's length.
struct TokenizerFile {
  let file: String

  static func read(_ bytes: [UInt8], file: String) throws(Diagnostic) -> TokenizerParts {
    let root = try JSON.parse(bytes: bytes, file: file)
    let reader = TokenizerFile(file: file)
    var parts = TokenizerParts()
    try reader.readModel(root, &parts)
    try reader.readAddedTokens(root["added_tokens"], &parts)
    parts.normalizers = try reader.normalizers(root["normalizer"])
    parts.preTokenizers = try reader.preTokenizers(root["pre_tokenizer"])
    return parts
  }

  private func bad(_ message: String) -> Diagnostic {
    Diagnostic(.badData, at: SourceLocation(file: file), message)
  }

  private func readModel(_ root: JSON, _ parts: inout TokenizerParts) throws(Diagnostic) {
    guard let model = root["model"], model.members != nil else { throw bad("not a tokenizer file: no \"model\"") }
    guard let type = model["type"]?.stringValue else { throw bad("the tokenizer has no \"model.type\"") }
    guard type == "WordPiece" else { throw bad("\"model.type\" is \"\(type)\", expected \"WordPiece\"") }
    guard let vocabulary = model["vocab"]?.members else {
      throw bad("the tokenizer has no \"model.vocab\", an object of ids by token")
    }
    for member in vocabulary {
      guard let id = member.value.intValue else {
        throw bad("\"model.vocab\": the id of \"\(member.key)\" is no integer")
      }
      if let problem = parts.add(member.key, id: id) { throw bad("\"model.vocab\": \(problem)") }
    }
    guard let unknown = model["unk_token"]?.stringValue else { throw bad("the tokenizer has no \"model.unk_token\"") }
    parts.unknown = unknown
    if let prefix = model["continuing_subword_prefix"]?.stringValue { parts.continuationPrefix = prefix }
    if let limit = model["max_input_chars_per_word"] {
      guard let limit = limit.intValue, limit > 0 else {
        throw bad("\"model.max_input_chars_per_word\" is no positive integer")
      }
      parts.maximumCharacters = limit
    }
  }

  private func readAddedTokens(_ list: JSON?, _ parts: inout TokenizerParts) throws(Diagnostic) {
    for (number, token) in (list?.elements ?? []).enumerated() {
      guard let content = token["content"]?.stringValue, let id = token["id"]?.intValue else {
        throw bad("\"added_tokens[\(number)]\" has no \"content\" or no \"id\"")
      }
      for flag in ["single_word", "lstrip", "rstrip", "normalized"] where token[flag]?.boolValue == true {
        throw bad("added token \"\(content)\": \"\(flag)\" is not supported, expected false")
      }
      if let known = parts.ids[TokenKey(content)] {
        guard known == Int32(exactly: id) else {
          throw bad("added token \"\(content)\" has id \(id), in \"model.vocab\" it has \(known)")
        }
      } else if let problem = parts.add(content, id: id) {
        throw bad("\"added_tokens\": \(problem)")
      }
      parts.addedTokens.add(content, id: Int32(id))
    }
  }

  private func normalizers(_ value: JSON?) throws(Diagnostic) -> [TextNormalizer] {
    guard let value, !value.isNull else { return [] }
    switch value["type"]?.stringValue {
    case "Sequence":
      guard let steps = value["normalizers"]?.elements else {
        throw bad("a normalizer sequence has no \"normalizers\"")
      }
      var result: [TextNormalizer] = []
      for step in steps { result += try normalizers(step) }
      return result
    case "Lowercase": return [.lowercase]
    case "NFC": return [.form(.nfc)]
    case "NFD": return [.form(.nfd)]
    case "NFKC": return [.form(.nfkc)]
    case "NFKD": return [.form(.nfkd)]
    case "StripAccents": return [.stripAccents]
    case "BertNormalizer":
      let lowercase = value["lowercase"]?.boolValue ?? true
      return [
        .bert(
          cleanText: value["clean_text"]?.boolValue ?? true,
          handleChinese: value["handle_chinese_chars"]?.boolValue ?? true,
          stripAccents: value["strip_accents"]?.boolValue ?? lowercase, lowercase: lowercase)
      ]
    case let type?: throw bad("normalizer \"\(type)\" is not supported")
    case nil: throw bad("a normalizer has no \"type\"")
    }
  }

  private func preTokenizers(_ value: JSON?) throws(Diagnostic) -> [PreTokenizer] {
    guard let value, !value.isNull else { return [] }
    switch value["type"]?.stringValue {
    case "Sequence":
      guard let steps = value["pretokenizers"]?.elements else {
        throw bad("a pre-tokenizer sequence has no \"pretokenizers\"")
      }
      var result: [PreTokenizer] = []
      for step in steps { result += try preTokenizers(step) }
      return result
    case "Whitespace": return [.whitespace]
    case "WhitespaceSplit": return [.whitespaceSplit]
    case "Digits": return [.digits(individual: value["individual_digits"]?.boolValue ?? false)]
    case "BertPreTokenizer": return TokenizerParts.bertPreTokenizers
    case let type?: throw bad("pre-tokenizer \"\(type)\" is not supported")
    case nil: throw bad("a pre-tokenizer has no \"type\"")
    }
  }
}
