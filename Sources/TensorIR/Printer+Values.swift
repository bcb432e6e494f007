extension Printer {
  /// An attribute's value.
  public func text(_ value: AttributeValue) -> String {
    switch value {
    case .integer(let number): String(number)
    case .real(let number): Self.text(number)
    case .bool(let truth): truth ? "true" : "false"
    case .string(let string): Self.quoted(string)
    case .symbol(let word): word
    case .integers(let list): listText(list, String.init)
    case .reals(let list): listText(list, Self.text)
    }
  }

  /// The shortest decimal that reads back as the same number; always with a point, an exponent, or as `inf`, `nan`.
  public static func text(_ number: Double) -> String {
    number.isNaN ? "nan" : number.description
  }

  /// A string in double quotes with `\"`, `\\`, `\n`, `\t`, `\r` and `\u{…}` for control characters.
  public static func quoted(_ string: String) -> String {
    var out = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      case "\r": out += "\\r"
      default:
        if scalar.value < 32 || scalar.value == 127 {
          out += "\\u{" + String(scalar.value, radix: 16) + "}"
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }

  private func listText<Element>(_ list: [Element], _ item: (Element) -> String) -> String {
    if let limit = options.elideAbove, list.count > limit {
      let head = list.prefix(min(limit, 3)).map(item).joined(separator: ", ")
      return "[\(head)\(head.isEmpty ? "" : ", ")... \(list.count) in all]"
    }
    return "[" + list.map(item).joined(separator: ", ") + "]"
  }

  /// The task as a JSON object, a line for each member and for each item of a list of objects.
  func taskText(_ task: Task) -> String {
    let lines = (task.json.members ?? []).map { member in
      var value = member.value.compact
      if let items = member.value.elements, !items.isEmpty, items.allSatisfy({ $0.members != nil }) {
        value = "[\n" + items.map { "    " + $0.compact }.joined(separator: ",\n") + "\n  ]"
      }
      return "  \(JSON.string(member.key).compact): \(value)"
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  /// ` {param, init = ones, decay}` and its like; nothing for an input that no feed gives.
  func roleText(_ role: ArgumentRole) -> String {
    switch role {
    case .input(nil): return ""
    case .input(let port?): return " {feed \(port)}"
    case .scalar(.hyperparameter(let standard)): return " {scalar hyperparameter = \(Self.text(standard))}"
    case .scalar(let scalar): return " {scalar \(scalar.word)}"
    case .state(let slot, let owner): return " {state \(slot) of %\(owner)}"
    case .parameter(let role):
      var text = " {param, init = \(initializerText(role.initializer))"
      if role.decays { text += ", decay" }
      if !role.isTrainable { text += ", fixed" }
      if role.rateScale != 1 { text += ", rate = \(Self.text(role.rateScale))" }
      if !role.aliases.isEmpty { text += ", aliases = [" + role.aliases.map(Self.quoted).joined(separator: ", ") + "]" }
      return text + "}"
    }
  }

  private func initializerText(_ initializer: Initializer) -> String {
    switch initializer {
    case .xavierUniform(let fanIn, let fanOut): "xavier_uniform(\(fanIn), \(fanOut))"
    case .normal(let std, nil): "normal(\(Self.text(std)))"
    case .normal(let std, let row?): "normal(\(Self.text(std)), zero_row = \(row))"
    case .zeros: "zeros"
    case .ones: "ones"
    case .sincos2D(let dim, let grid, let variant): "sincos_2d(\(dim), \(grid), \(Self.quoted(variant)))"
    }
  }

  /// `  loc("layer" source)`; nothing for a node of no known origin.
  func locationText(_ provenance: Provenance) -> String {
    if provenance == Provenance() { return "" }
    let layer = Self.quoted(provenance.layer)
    if provenance.source.isEmpty { return "  loc(\(layer))" }
    let plain = provenance.source.utf8.allSatisfy(Self.isSourceByte)
    return "  loc(\(layer) \(plain ? provenance.source : Self.quoted(provenance.source)))"
  }

  /// Whether a byte may stand in a source place without quotes.
  package static func isSourceByte(_ byte: UInt8) -> Bool {
    isNameByte(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "+")
  }

  /// Whether a byte may stand in a name: `A-Z a-z 0-9 _ . -`.
  package static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
