import Support

/// The WordPiece tokenizer of phantom reports, in the layout of Hugging Face's `tokenizers`: `[PAD]` 0, `[UNK]` 1,
/// `[CLS]` 2, `[MASK]` 3; lower case, NFKD, accents stripped; words, punctuation and digits split; `##`; words of up to
/// 100 characters.
public enum PhantomTokenizer {
  /// Pieces in the order of their ids. Every word of the report language is one piece; common endings and single
  /// characters cover any other printable ASCII.
  public static let vocabulary: [String] = {
    let characters = (33..<127).map { Character(Unicode.Scalar(UInt8($0))) }.filter { !$0.isUppercase }
    let words = ReportLanguage.vocabulary.filter { $0.count > 1 }
    return specials + characters.map { String($0) } + characters.map { "##\($0)" } + words
      + endings(of: words).map { "##\($0)" }
  }()

  /// The pieces with fixed ids 0 to 3.
  public static let specials = ["[PAD]", "[UNK]", "[CLS]", "[MASK]"]

  /// Endings of two to four letters that at least three words share, sorted.
  private static func endings(of words: [String]) -> [String] {
    let all = words.flatMap { word in
      (2...4).filter { word.count > $0 + 1 }.map { String(word.suffix($0)) }
    }.sorted()
    return all.indices.filter { index in
      (index == 0 || all[index - 1] != all[index]) && index + 2 < all.count && all[index + 2] == all[index]
    }.map { all[$0] }
  }

  /// The tokenizer as JSON.
  public static var json: JSON {
    let added = specials.enumerated().map { id, content -> JSON in
      [
        "id": .integer(id), "special": true, "content": .string(content), "single_word": false, "lstrip": false,
        "rstrip": false, "normalized": false,
      ]
    }
    let pieces = vocabulary.enumerated().map { id, piece in JSONMember(piece, .integer(id)) }
    return [
      "version": "1.0", "truncation": .null, "padding": .null, "added_tokens": .array(added),
      "normalizer": [
        "type": "Sequence", "normalizers": .array([["type": "Lowercase"], ["type": "NFKD"], ["type": "StripAccents"]]),
      ],
      "pre_tokenizer": [
        "type": "Sequence",
        "pretokenizers": .array([["type": "Whitespace"], ["type": "Digits", "individual_digits": false]]),
      ],
      "post_processor": .null, "decoder": .null,
      "model": [
        "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
        "vocab": .object(pieces),
      ],
    ]
  }
}
