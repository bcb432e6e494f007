import Support
import TensorIR

/// Reads words, numbers and punctuation from the bytes of a text; remembers where it is.
struct Scanner {
  let file: String
  /// The text, then one zero byte.
  let bytes: [UInt8]
  private(set) var position = 0
  /// The current line, from 1, and the offset at which it starts.
  private(set) var line = 1
  private var lineStart = 0

  init(_ text: some Sequence<UInt8>, file: String) {
    self.file = file
    var bytes = Array(text)
    bytes.append(0)
    self.bytes = bytes
  }

  /// The place of the next byte.
  var here: SourceLocation { SourceLocation(file: file, line: line, column: position - lineStart + 1) }
  var peek: UInt8 { bytes[position] }
  var atEnd: Bool { position >= bytes.count - 1 }

  func error(_ message: String, at location: SourceLocation? = nil, notes: [String] = []) -> Diagnostic {
    Diagnostic(.badData, at: location ?? here, message, notes: notes)
  }

  /// Skips blanks, line ends and `//` comments.
  mutating func skipBlanks() {
    while true {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        position += 1
      case UInt8(ascii: "\n"):
        position += 1
        line += 1
        lineStart = position
      case UInt8(ascii: "/") where bytes[position + 1] == UInt8(ascii: "/"):
        while !atEnd && bytes[position] != UInt8(ascii: "\n") { position += 1 }
      default:
        return
      }
    }
  }

  /// Takes the mark if it comes next, after blanks.
  mutating func take(_ mark: StaticString) -> Bool {
    skipBlanks()
    let count = mark.utf8CodeUnitCount
    guard position + count < bytes.count else { return false }
    for i in 0..<count where bytes[position + i] != mark.utf8Start[i] { return false }
    position += count
    return true
  }

  mutating func expect(_ mark: StaticString, _ purpose: String) throws(Diagnostic) {
    if !take(mark) { throw error("expected '\(mark)' \(purpose), found \(found)") }
  }

  /// Whether this word comes next, as a whole word.
  mutating func take(word: StaticString) -> Bool {
    skipBlanks()
    let count = word.utf8CodeUnitCount
    guard position + count < bytes.count, !Printer.isNameByte(bytes[position + count]) else { return false }
    for i in 0..<count where bytes[position + i] != word.utf8Start[i] { return false }
    position += count
    return true
  }

  /// What comes next, for messages.
  var found: String {
    if atEnd { return "the end of the file" }
    if peek == UInt8(ascii: "\n") || peek == UInt8(ascii: "\r") { return "the end of the line" }
    var end = position
    while Printer.isNameByte(bytes[end]) { end += 1 }
    if end == position {
      end += 1
      while bytes[end] & 0xC0 == 0x80 { end += 1 }
    }
    return "'\(String(decoding: bytes[position..<end], as: UTF8.self))'"
  }

  /// A name (`A-Z a-z 0-9 _ . -`) standing right here.
  mutating func name(_ what: String) throws(Diagnostic) -> String {
    let start = position
    while Printer.isNameByte(bytes[position]) { position += 1 }
    if position == start { throw error("expected \(what), found \(found)") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// The bytes up to the first that cannot stand in a source place.
  mutating func sourcePlace() throws(Diagnostic) -> String {
    let start = position
    while Printer.isSourceByte(bytes[position]) { position += 1 }
    if position == start { throw error("expected a source line such as Models/MRM.swift:88, found \(found)") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// The bytes up to `end`, with the lines among them counted.
  mutating func take(upTo end: Int) -> [UInt8] {
    let taken = Array(bytes[position..<end])
    for index in position..<end where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    position = end
    return taken
  }

  /// A number: an integer unless it has a point, an exponent, or is `inf`.
  mutating func number() throws(Diagnostic) -> AttributeValue {
    let start = position
    let startLocation = here
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    if take(word: "inf") {
      return .real(bytes[start] == UInt8(ascii: "-") ? -.infinity : .infinity)
    }
    var isReal = false
    var magnitude = 0
    var overflow = false
    scan: while true {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let (product, high) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(Int(byte &- UInt8(ascii: "0")))
        magnitude = sum
        overflow = overflow || high || carry
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"):
        isReal = true
      case UInt8(ascii: "-") where bytes[position - 1] | 0x20 == UInt8(ascii: "e"):
        isReal = true
      default:
        break scan
      }
      position += 1
    }
    if !isReal && !overflow && position > start && bytes[position - 1] != UInt8(ascii: "-") {
      return .integer(bytes[start] == UInt8(ascii: "-") ? -magnitude : magnitude)
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if !isReal && overflow {
      if let exact = Int(text) { return .integer(exact) }
      throw error("'\(text)' does not fit 64 bits", at: startLocation)
    }
    guard let value = Double(text) else {
      throw error("expected a number, found \(text.isEmpty ? found : "'\(text)'")", at: startLocation)
    }
    return .real(value)
  }

  /// An integer that must not be negative, standing after blanks.
  mutating func size(_ what: String) throws(Diagnostic) -> Int {
    skipBlanks()
    let place = here
    guard isDigit(peek), case .integer(let value) = try number() else {
      throw error("expected \(what), found \(found)", at: place)
    }
    return value
  }

  func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// A string in double quotes.
  mutating func string() throws(Diagnostic) -> String {
    let opening = here
    try expect("\"", "to begin a string")
    var content: [UInt8] = []
    while true {
      let byte = bytes[position]
      if atEnd || byte == UInt8(ascii: "\n") {
        throw error("unterminated string: expected '\"' before the end of the line", at: opening)
      }
      position += 1
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        try escape(into: &content)
      } else {
        content.append(byte)
      }
    }
    guard let string = String(validating: content, as: UTF8.self) else {
      throw error("the string is not valid UTF-8", at: opening)
    }
    return string
  }

  private mutating func escape(into content: inout [UInt8]) throws(Diagnostic) {
    let letter = bytes[position]
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(letter)
    case UInt8(ascii: "n"): content.append(UInt8(ascii: "\n"))
    case UInt8(ascii: "t"): content.append(UInt8(ascii: "\t"))
    case UInt8(ascii: "r"): content.append(UInt8(ascii: "\r"))
    case UInt8(ascii: "u"):
      position += 1
      try expect("{", "after \\u")
      let digits = try name("hexadecimal digits")
      guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
        throw error("\\u{\(digits)} is not a Unicode scalar")
      }
      skipBlanks()
      if peek != UInt8(ascii: "}") { throw error("expected '}' after \\u{\(digits), found \(found)") }
      content.append(contentsOf: Array(String(Character(scalar)).utf8))
    default:
      throw error("unknown escape '\\\(String(UnicodeScalar(letter)))' (\\\" \\\\ \\n \\t \\r \\u{…})")
    }
    position += 1
  }
}
