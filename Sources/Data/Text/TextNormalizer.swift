/// One step of a tokenizer's normalizer, named as in HF tokenizer files.
enum TextNormalizer: Sendable {
  case lowercase
  case form(UnicodeForm)
  case stripAccents
  case bert(cleanText: Bool, handleChinese: Bool, stripAccents: Bool, lowercase: Bool)

  func apply(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    switch self {
    case .lowercase:
      var result: [Unicode.Scalar] = []
      result.reserveCapacity(text.count)
      for scalar in text { scalar.appendLowercase(to: &result) }
      return result
    case .form(let form):
      return form.apply(text)
    case .stripAccents:
      return text.filter { $0.isASCII || !$0.isMark }
    case .bert(let cleanText, let handleChinese, let stripAccents, let lowercase):
      var result = text
      if cleanText { result = Self.clean(result) }
      if handleChinese { result = Self.isolateHan(result) }
      if stripAccents { result = UnicodeForm.nfd.apply(result).filter { !$0.isNonspacingMark } }
      return lowercase ? Self.lowercase.apply(result) : result
    }
  }

  /// BERT's cleaning: control characters go, every white space becomes a space.
  private static func clean(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    text.compactMap { scalar in
      if scalar == "\t" || scalar == "\n" || scalar == "\r" { return " " }
      if scalar.value == 0 || scalar.value == 0xFFFD || scalar.isOther { return nil }
      return scalar.isSpace ? " " : scalar
    }
  }

  private static func isolateHan(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    text.flatMap { $0.isHan ? [" ", $0, " "] : [$0] }
  }
}
