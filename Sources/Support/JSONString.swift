extension JSONParser {
  /// A string in double quotes, escapes resolved; the text must be valid UTF-8.
  mutating func string() throws(Diagnostic) -> String {
    let open = position
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\"),
      bytes[position] >= 0x20
    { position += 1 }
    if peek == UInt8(ascii: "\"") {
      let text = try decode(bytes[start..<position], at: open)
      position += 1
      return text
    }
    var unescaped = Array(bytes[start..<position])
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return try decode(unescaped, at: open)
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &unescaped)
      case 0..<0x20: throw error("a control character in a string must be escaped")
      default:
        unescaped.append(byte)
        position += 1
      }
    }
    throw error("this string has no end", at: open)
  }

  private func decode(_ text: some Collection<UInt8>, at offset: Int) throws(Diagnostic) -> String {
    guard let string = String(validating: text, as: UTF8.self) else {
      throw error("this string is not valid UTF-8", at: offset)
    }
    return string
  }

  private mutating func escape(into text: inout [UInt8]) throws(Diagnostic) {
    guard let byte = peek else { throw error("the JSON text ends inside a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try scalar()).utf8))
    default: throw error("unknown escape in a string", at: position - 1)
    }
  }

  /// The scalar of `\uXXXX`, or of a surrogate pair `\uXXXX\uXXXX`.
  private mutating func scalar() throws(Diagnostic) -> Unicode.Scalar {
    let start = position
    let high = try hexQuad()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw error("a lone surrogate in a \\u escape", at: start)
    }
    let low = try hexQuad()
    guard (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    else { throw error("a lone surrogate in a \\u escape", at: start) }
    return scalar
  }

  private mutating func hexQuad() throws(Diagnostic) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw error("expected four hexadecimal digits after \\u")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
