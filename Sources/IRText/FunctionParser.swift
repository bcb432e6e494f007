import Support
import TensorIR

/// One `func`: header, nodes, return.
struct FunctionParser {
  var parent: ModuleParser
  var function: Function
  var nodeLocations: [SourceLocation] = []
  var values = ValueNames()
  private var results: [DeclaredResult] = []

  private struct DeclaredResult {
    let name: String
    let type: TensorType
    let alias: ValueID?
    let role: ResultRole
    let place: SourceLocation
  }

  init(_ parent: ModuleParser, name: String) {
    self.parent = parent
    function = Function(name: name)
  }

  mutating func parse() throws(Diagnostic) {
    try parent.scanner.expect("(", "after @\(function.name)")
    if !parent.scanner.take(")") {
      repeat { try argument() } while parent.scanner.take(",")
      try parent.scanner.expect(")", "or ',' after an argument")
    }
    try parent.scanner.expect("->", "before the results of @\(function.name)")
    try parent.scanner.expect("(", "before the results of @\(function.name)")
    if !parent.scanner.take(")") {
      repeat { try declaredResult() } while parent.scanner.take(",")
      try parent.scanner.expect(")", "or ',' after a result")
    }
    try parent.scanner.expect("{", "before the body of @\(function.name)")
    while true {
      parent.scanner.skipBlanks()
      if parent.scanner.peek == UInt8(ascii: "%") {
        try node()
      } else if parent.scanner.take(word: "return") {
        try returnStatement()
        try parent.scanner.expect("}", "to end @\(function.name) after its return")
        return
      } else if parent.scanner.peek == UInt8(ascii: "}") {
        throw parent.scanner.error("missing return in @\(function.name)", notes: ["expected: return \(expectedReturn)"])
      } else {
        throw parent.scanner.error(
          "expected a node, 'return' or '}' in @\(function.name), found \(parent.scanner.found)")
      }
    }
  }

  private var expectedReturn: String { results.map { "%… (\($0.name): \($0.type))" }.joined(separator: ", ") }

  private mutating func argument() throws(Diagnostic) {
    try parent.scanner.expect("%", "before an argument's name")
    let place = parent.scanner.here
    let name = try parent.scanner.name("an argument's name")
    if ValueNames.number(name) != nil {
      throw parent.scanner.error("argument '\(name)' is a number: numbers name the results of nodes", at: place)
    }
    try parent.scanner.expect(":", "after argument '\(name)'")
    let type = try parent.type()
    let role = try parent.role()
    let value = function.addArgument(Argument(name, type, role: role))
    if !values.define(name, as: value) {
      throw parent.scanner.error("@\(function.name): two arguments are named '\(name)'", at: place)
    }
  }

  private mutating func declaredResult() throws(Diagnostic) {
    parent.scanner.skipBlanks()
    let place = parent.scanner.here
    let name = try parent.scanner.name("a result's name")
    if results.contains(where: { $0.name == name }) {
      throw parent.scanner.error("@\(function.name): two results are named '\(name)'", at: place)
    }
    try parent.scanner.expect(":", "after result '\(name)'")
    let type = try parent.type()
    var alias: ValueID?
    if parent.scanner.take(word: "alias") { alias = try use("alias of result '\(name)'") }
    results.append(DeclaredResult(name: name, type: type, alias: alias, role: try resultRole(), place: place))
  }

  /// `{loss}`, or nothing.
  private mutating func resultRole() throws(Diagnostic) -> ResultRole {
    guard parent.scanner.take("{") else { return .none }
    parent.scanner.skipBlanks()
    let place = parent.scanner.here
    let word = try parent.scanner.name("the role of a result")
    guard let role = ResultRole(rawValue: word) else {
      let known = ResultRole.allCases.map(\.rawValue).joined(separator: ", ")
      throw parent.scanner.error("unknown role '\(word)' of a result", at: place, notes: ["expected: \(known)"])
    }
    try parent.scanner.expect("}", "after a result's role")
    return role
  }

  /// `%name`, which must be defined.
  private mutating func use(_ reader: String) throws(Diagnostic) -> ValueID {
    try parent.scanner.expect("%", "before a value's name")
    let place = parent.scanner.here
    let name = try parent.scanner.name("a value's name")
    guard let value = values[name] else { throw undefined(name, at: place, reader) }
    return value
  }

  func undefined(_ name: String, at place: SourceLocation, _ reader: String) -> Diagnostic {
    let near = nearest(name, among: values.names)
    return parent.scanner.error(
      "\(reader) reads %\(name), which is not defined before it", at: place,
      notes: near.map { ["did you mean %\($0)?"] } ?? [])
  }

  private mutating func returnStatement() throws(Diagnostic) {
    let place = parent.scanner.here
    var returned: [(ValueID, SourceLocation)] = []
    parent.scanner.skipBlanks()
    if parent.scanner.peek == UInt8(ascii: "%") {
      repeat {
        parent.scanner.skipBlanks()
        let valuePlace = parent.scanner.here
        returned.append((try use("return"), valuePlace))
      } while parent.scanner.take(",")
    }
    if parent.scanner.take(word: "guard") {
      repeat { function.guards.append(try use("guard")) } while parent.scanner.take(",")
    }
    if returned.count != results.count {
      throw parent.scanner.error(
        "@\(function.name) returns \(results.count) value\(results.count == 1 ? "" : "s"), found \(returned.count)",
        at: place,
        notes: ["expected: return \(expectedReturn)"])
    }
    for (result, (value, valuePlace)) in zip(results, returned) {
      let type = function.type(of: value)
      if type != result.type {
        throw parent.scanner.error(
          "result '\(result.name)' of @\(function.name) has another type than declared", at: valuePlace,
          notes: ["expected: \(result.type)", "found: \(type)"])
      }
      function.results.append(FunctionResult(result.name, value, alias: result.alias, role: result.role))
    }
  }
}
