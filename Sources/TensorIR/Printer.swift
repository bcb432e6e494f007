/// Writes modules, functions and nodes as text (`IR/README.md`). The same IR always gives the same bytes, and the parser
/// gives back the same IR. Values are renumbered densely: node results count from 0, arguments go by their names.
public struct Printer: Sendable {
  /// What a person may leave out; as created, the text is exact.
  public struct Options: Sendable, Hashable {
    /// Constants and lists of more elements are cut short (such text cannot be read back); nil: never.
    public var elideAbove: Int?
    /// Whether nodes carry `loc(…)`.
    public var locations: Bool

    public init(elideAbove: Int? = nil, locations: Bool = true) {
      self.elideAbove = elideAbove
      self.locations = locations
    }
  }

  public var options: Options

  public init(_ options: Options = Options()) { self.options = options }

  /// The whole module, ending in a newline: its header, unless it has neither name nor attributes, its task, its functions.
  public func text(_ module: Module) -> String {
    var out = ""
    if !module.name.isEmpty || !module.attributes.isEmpty {
      out += "module @\(module.name)"
      if !module.attributes.isEmpty {
        out += " " + block(module.attributes.map { "\($0.name) = \(text($0.value))" }, open: "{", close: "}")
      }
      out += "\n"
    }
    if let task = module.task { out += "task " + taskText(task) }
    for function in module.functions {
      if !out.isEmpty { out += "\n" }
      write(function, to: &out)
    }
    return out
  }

  /// One function, ending in a newline.
  public func text(_ function: Function) -> String {
    var out = ""
    write(function, to: &out)
    return out
  }

  /// One node as it stands in the text of its function, without indentation or newline.
  public func text(_ node: Node, in function: Function) -> String {
    var out = ""
    write(node, in: function, to: &out)
    return out
  }

  /// How the text names a value: `%image`, `%12`.
  public static func name(_ value: ValueID, in function: Function) -> String {
    let count = function.arguments.count
    return value.index < count ? "%" + function.arguments[value.index].name : "%\(value.index - count)"
  }

  private func write(_ function: Function, to out: inout String) {
    out += "func @\(function.name)("
    for (index, argument) in function.arguments.enumerated() {
      out += index == 0 ? "\n" : ",\n"
      out += "  %\(argument.name): \(argument.type)\(roleText(argument.role))"
    }
    if !function.arguments.isEmpty { out += "\n" }
    out += ") -> "
    let results = function.results.map { result in
      let alias = result.alias.map { " alias " + Self.name($0, in: function) } ?? ""
      let role = result.role == .none ? "" : " {\(result.role.rawValue)}"
      return "\(result.name): \(function.type(of: result.value))\(alias)\(role)"
    }
    out += block(results, open: "(", close: ")")
    out += " {\n"
    for node in function.nodes {
      out += "  "
      write(node, in: function, to: &out)
      out += "\n"
    }
    out += "  return"
    if !function.results.isEmpty { out += " " + names(function.results.map(\.value), in: function) }
    if !function.guards.isEmpty { out += " guard " + names(function.guards, in: function) }
    out += "\n}\n"
  }

  private func write(_ node: Node, in function: Function, to out: inout String) {
    if !node.results.isEmpty { out += names(node.results, in: function) + " = " }
    out += node.op.mnemonic
    if !node.operands.isEmpty { out += " " + names(node.operands, in: function) }
    let attributes = node.op.attributes
    if !attributes.isEmpty {
      out += " {" + attributes.map { "\($0.name) = \(text($0.value))" }.joined(separator: ", ") + "}"
    }
    if node.results.count == 1 {
      out += " : \(function.type(of: node.result))"
    } else if node.results.count > 1 {
      out += " : (" + node.results.map { function.type(of: $0).description }.joined(separator: ", ") + ")"
    }
    if options.locations { out += locationText(node.provenance) }
  }

  private func names(_ values: [ValueID], in function: Function) -> String {
    values.map { Self.name($0, in: function) }.joined(separator: ", ")
  }

  /// A list on one line if it is short, else one item per line.
  private func block(_ items: [String], open: String, close: String) -> String {
    let line = items.joined(separator: ", ")
    if line.utf8.count <= 88 { return open + line + close }
    return open + "\n  " + items.joined(separator: ",\n  ") + "\n" + close
  }
}

extension Module: CustomStringConvertible {
  /// The exact text.
  public var description: String { Printer().text(self) }
}

extension Function: CustomStringConvertible {
  /// The exact text.
  public var description: String { Printer().text(self) }
}
