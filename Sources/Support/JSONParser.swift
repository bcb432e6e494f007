extension JSON {
  /// Parses one JSON document (RFC 8259, UTF-8, no trailing text).
  /// Throws `badData` at `file:line:column` on malformed text and on an object that has one key twice.
  public static func parse(_ text: String, file: String) throws(Diagnostic) -> JSON {
    try parse(bytes: Array(text.utf8), file: file)
  }

  /// Parses the bytes of one JSON document; see ``parse(_:file:)``.
  public static func parse(bytes: [UInt8], file: String) throws(Diagnostic) -> JSON {
    let result = bytes.withUnsafeBufferPointer { buffer -> Result<JSON, Diagnostic> in
      var parser = JSONParser(bytes: buffer, file: file)
      do throws(Diagnostic) { return .success(try parser.document()) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Reads and parses the file at `path`; absent: `noInput`.
  public static func read(path: String) throws(Diagnostic) -> JSON {
    try parse(bytes: readFile(path), file: path)
  }
}

/// A recursive-descent parser over bytes.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let file: String
  var position = 0
  var depth = 0

  static let maximumDepth = 512

  init(bytes: UnsafeBufferPointer<UInt8>, file: String) {
    self.bytes = bytes
    self.file = file
  }

  mutating func document() throws(Diagnostic) -> JSON {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    skipSpace()
    let value = try self.value()
    skipSpace()
    if position < bytes.count { throw error("text after the end of the JSON value") }
    return value
  }

  private mutating func value() throws(Diagnostic) -> JSON {
    switch peek {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || isDigit(byte): return try number()
    case .some: throw error("expected a JSON value")
    case nil: throw error("the JSON text ends too early")
    }
  }

  private mutating func object() throws(Diagnostic) -> JSON {
    try enter()
    var members: [JSONMember] = []
    // By bytes: JSON keys are not the same for being canonically equivalent.
    var seen: Set<[UInt8]> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return leave(.object([])) }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("expected an object key in double quotes") }
      let start = position
      let key = try string()
      guard seen.insert(Array(key.utf8)).inserted else {
        throw error("the key \"\(key)\" appears twice in one object", at: start)
      }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error("expected ':' after the key \"\(key)\"") }
      skipSpace()
      members.append(JSONMember(key, try value()))
      skipSpace()
      if take(UInt8(ascii: "}")) { return leave(.object(members)) }
      guard take(UInt8(ascii: ",")) else { throw error("expected ',' or '}' in an object") }
    }
  }

  private mutating func array() throws(Diagnostic) -> JSON {
    try enter()
    var elements: [JSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return leave(.array([])) }
    while true {
      skipSpace()
      elements.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return leave(.array(elements)) }
      guard take(UInt8(ascii: ",")) else { throw error("expected ',' or ']' in an array") }
    }
  }

  private mutating func number() throws(Diagnostic) -> JSON {
    let start = position
    var isInteger = true
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw error("\(text) is out of range", at: start) }
    return .number(value)
  }

  private mutating func digits() throws(Diagnostic) {
    let start = position
    while let byte = peek, isDigit(byte) { position += 1 }
    if position == start { throw error("expected a digit") }
  }

  private mutating func literal(_ word: StaticString, _ value: JSON) throws(Diagnostic) -> JSON {
    let count = word.utf8CodeUnitCount
    guard position + count <= bytes.count,
      bytes[position..<position + count].elementsEqual(
        UnsafeBufferPointer(start: word.utf8Start, count: count))
    else { throw error("expected \(word)") }
    position += count
    return value
  }

  private mutating func enter() throws(Diagnostic) {
    position += 1
    depth += 1
    if depth > Self.maximumDepth { throw error("nested more than \(Self.maximumDepth) deep") }
  }

  private mutating func leave(_ value: JSON) -> JSON {
    depth -= 1
    return value
  }

  private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// An error at byte `offset` (the current position unless given); the column counts bytes.
  func error(_ message: String, at offset: Int? = nil) -> Diagnostic {
    let end = min(offset ?? position, bytes.count)
    var line = 1
    var lineStart = 0
    for index in 0..<end where bytes[index] == 0x0A {
      line += 1
      lineStart = index + 1
    }
    return Diagnostic(
      .badData, at: SourceLocation(file: file, line: line, column: end - lineStart + 1), message)
  }
}
