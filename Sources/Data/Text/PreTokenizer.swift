/// One step of a tokenizer's pre-tokenizer, named as in HF tokenizer files: cuts text into words.
enum PreTokenizer: Sendable {
  /// `\w+|[^\w\s]+`.
  case whitespace
  /// At white space only.
  case whitespaceSplit
  /// Numbers apart from the rest: runs together, or each digit alone.
  case digits(individual: Bool)
  /// Each punctuation character alone.
  case punctuation

  /// Calls `word` with each part of `range` of `text`, in order, until it returns false. Returns whether all were taken.
  func split(
    _ text: [Unicode.Scalar], _ range: Range<Int>, _ word: (Range<Int>) -> Bool
  ) -> Bool {
    var start = range.lowerBound
    while start < range.upperBound {
      let kind = classify(text[start])
      var end = start + 1
      if kind != .alone {
        while end < range.upperBound, classify(text[end]) == kind { end += 1 }
      }
      if kind != .dropped, !word(start..<end) { return false }
      start = end
    }
    return true
  }

  /// Neighbours of one kind stay together.
  private enum Kind {
    case dropped, alone, first, second
  }

  private func classify(_ scalar: Unicode.Scalar) -> Kind {
    switch self {
    case .whitespace: scalar.isWord ? .first : scalar.isSpace ? .dropped : .second
    case .whitespaceSplit: scalar.isSpace ? .dropped : .first
    case .digits(let individual): scalar.isNumber ? (individual ? .alone : .second) : .first
    case .punctuation: scalar.isPunctuation ? .alone : .first
    }
  }

  /// Cuts `text` by all `steps`, each cutting what the one before gave.
  static func split(
    _ text: [Unicode.Scalar], _ range: Range<Int>, by steps: ArraySlice<PreTokenizer>, _ word: (Range<Int>) -> Bool
  ) -> Bool {
    guard let step = steps.first else { return word(range) }
    return step.split(text, range) { split(text, $0, by: steps.dropFirst(), word) }
  }
}
