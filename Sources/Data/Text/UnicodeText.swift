import CUTF8Proc

/// The Unicode forms a tokenizer file can ask for.
enum UnicodeForm: Sendable {
  case nfc, nfd, nfkc, nfkd

  private var options: utf8proc_option_t {
    let bits: UInt32 =
      switch self {
      case .nfc: UTF8PROC_COMPOSE.rawValue
      case .nfd: UTF8PROC_DECOMPOSE.rawValue
      case .nfkc: UTF8PROC_COMPOSE.rawValue | UTF8PROC_COMPAT.rawValue
      case .nfkd: UTF8PROC_DECOMPOSE.rawValue | UTF8PROC_COMPAT.rawValue
      }
    return utf8proc_option_t(rawValue: bits | UTF8PROC_STABLE.rawValue)
  }

  /// `text` in this form.
  func apply(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    if text.allSatisfy(\.isASCII) { return text }
    var bytes: [UInt8] = []
    for scalar in text { bytes.append(contentsOf: UTF8.encode(scalar)!) }
    // The longest decomposition of one scalar has 18.
    var buffer = [Int32](repeating: 0, count: 18 * text.count)
    let count = utf8proc_decompose(bytes, bytes.count, &buffer, buffer.count, options)
    let length = utf8proc_normalize_utf32(&buffer, count, options)
    return buffer[..<length].map { Unicode.Scalar(UInt32($0))! }
  }
}

/// The character classes that normalizers and pre-tokenizers of public tokenizer files are defined by.
extension Unicode.Scalar {
  private var category: utf8proc_category_t {
    utf8proc_category(utf8proc_int32_t(value))
  }

  /// General category M.
  var isMark: Bool {
    switch category {
    case UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_MC, UTF8PROC_CATEGORY_ME: true
    default: false
    }
  }

  /// General category Mn.
  var isNonspacingMark: Bool { category == UTF8PROC_CATEGORY_MN }

  /// General category N (Rust's `is_numeric`).
  var isNumber: Bool {
    if isASCII { return (0x30...0x39).contains(value) }
    switch category {
    case UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NL, UTF8PROC_CATEGORY_NO: return true
    default: return false
    }
  }

  /// General category P, and all of ASCII that is neither letter, digit, space nor control.
  var isPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    case 0..<0x80: return false
    default: break
    }
    switch category {
    case UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PD, UTF8PROC_CATEGORY_PS, UTF8PROC_CATEGORY_PE,
      UTF8PROC_CATEGORY_PI, UTF8PROC_CATEGORY_PF, UTF8PROC_CATEGORY_PO:
      return true
    default: return false
    }
  }

  /// Control, format or private use.
  var isOther: Bool {
    switch category {
    case UTF8PROC_CATEGORY_CC, UTF8PROC_CATEGORY_CF, UTF8PROC_CATEGORY_CO: true
    default: false
    }
  }

  /// The property White_Space (`\s`).
  var isSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// `\w` of UTS 18: Alphabetic, Mark, Decimal_Number, Connector_Punctuation, Join_Control.
  var isWord: Bool {
    switch value {
    case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: return true
    case 0..<0x80: return false
    case 0x200C, 0x200D: return true
    // Enclosed letters: Alphabetic although symbols.
    case 0x24B6...0x24E9, 0x1F130...0x1F149, 0x1F150...0x1F169, 0x1F170...0x1F189: return true
    default: break
    }
    switch category {
    case UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LL, UTF8PROC_CATEGORY_LT, UTF8PROC_CATEGORY_LM, UTF8PROC_CATEGORY_LO,
      UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_MC, UTF8PROC_CATEGORY_ME, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NL,
      UTF8PROC_CATEGORY_PC:
      return true
    default: return false
    }
  }

  /// The blocks of Han characters that BERT sets apart.
  var isHan: Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B920...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// Appends the lower-case form to `text`: one scalar, except for the dotted capital I.
  func appendLowercase(to text: inout [Unicode.Scalar]) {
    if value == 0x130 {
      text += ["i", "\u{307}"]
    } else {
      text.append(Unicode.Scalar(UInt32(utf8proc_tolower(utf8proc_int32_t(value)))) ?? self)
    }
  }
}
