extension JSON {
  /// The value on one line, without spaces; the same value always gives the same text.
  /// Numbers print the shortest digits that read back to the same double; one that is not finite prints as `null`.
  public var compact: String {
    var text: [UInt8] = []
    write(into: &text, indent: nil, level: 0)
    return String(decoding: text, as: UTF8.self)
  }

  /// The value indented by two spaces per level, arrays of plain values on one line; ends with a newline.
  public var pretty: String {
    var text: [UInt8] = []
    write(into: &text, indent: 2, level: 0)
    text.append(0x0A)
    return String(decoding: text, as: UTF8.self)
  }

  private func write(into text: inout [UInt8], indent: Int?, level: Int) {
    switch self {
    case .null: text.append(ascii: "null")
    case .bool(let value): text.append(ascii: value ? "true" : "false")
    case .integer(let value): text.append(ascii: "\(value)")
    case .number(let value): text.append(ascii: value.isFinite ? "\(value)" : "null")
    case .string(let value): Self.write(string: value, into: &text)
    case .array(let elements):
      let inner = elements.allSatisfy(\.isPlain) ? nil : indent
      Self.write(elements, open: "[", close: "]", into: &text, indent: inner, level: level) { element, text in
        element.write(into: &text, indent: inner, level: level + 1)
      }
    case .object(let members):
      Self.write(members, open: "{", close: "}", into: &text, indent: indent, level: level) { member, text in
        Self.write(string: member.key, into: &text)
        text.append(ascii: indent == nil ? ":" : ": ")
        member.value.write(into: &text, indent: indent, level: level + 1)
      }
    }
  }

  private var isPlain: Bool {
    switch self {
    case .null, .bool, .integer, .number, .string: return true
    case .array, .object: return false
    }
  }

  private static func write<Item>(
    _ items: [Item], open: String, close: String, into text: inout [UInt8], indent: Int?, level: Int,
    item write: (Item, inout [UInt8]) -> Void
  ) {
    text.append(ascii: open)
    for (index, item) in items.enumerated() {
      if index > 0 { text.append(ascii: ",") }
      if let indent {
        text.append(0x0A)
        text.append(contentsOf: repeatElement(0x20, count: indent * (level + 1)))
      }
      write(item, &text)
    }
    if let indent, !items.isEmpty {
      text.append(0x0A)
      text.append(contentsOf: repeatElement(0x20, count: indent * level))
    }
    text.append(ascii: close)
  }

  private static func write(string: String, into text: inout [UInt8]) {
    let hex = Array("0123456789abcdef".utf8)
    text.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): text.append(ascii: "\\\"")
      case UInt8(ascii: "\\"): text.append(ascii: "\\\\")
      case 0x0A: text.append(ascii: "\\n")
      case 0x0D: text.append(ascii: "\\r")
      case 0x09: text.append(ascii: "\\t")
      case 0..<0x20:
        text.append(ascii: "\\u00")
        text.append(hex[Int(byte >> 4)])
        text.append(hex[Int(byte & 15)])
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}

extension [UInt8] {
  fileprivate mutating func append(ascii text: String) { append(contentsOf: text.utf8) }
}
