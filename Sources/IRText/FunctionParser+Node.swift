import Support
import TensorIR

extension FunctionParser {
  /// `%3, %4 = op %1, %2 {attributes} : types  loc(…)`.
  mutating func node() throws(Diagnostic) {
    let start = parent.scanner.here
    var text = NodeText()
    do {
      try read(&text)
      try append(text, at: start)
    } catch {
      var diagnostic = error
      if diagnostic.location == nil { diagnostic.location = text.place ?? start }
      if !text.mnemonic.isEmpty && !diagnostic.message.contains(text.mnemonic) {
        diagnostic.notes.append("op: \(text.mnemonic)")
      }
      let layer = text.isComplete ? text.provenance.layer : layerAhead()
      if !layer.isEmpty { diagnostic.notes.append("layer: \(layer)") }
      if !text.provenance.source.isEmpty { diagnostic.notes.append("built at: \(text.provenance.source)") }
      throw diagnostic
    }
  }

  /// What stands in the text of one node.
  struct NodeText {
    var results: [(name: String, place: SourceLocation)] = []
    var mnemonic = ""
    var place: SourceLocation?
    var operands: [(name: String, place: SourceLocation)] = []
    var attributes: [Attribute] = []
    var types: [TensorType] = []
    var provenance = Provenance()
    var isComplete = false
  }

  private mutating func read(_ text: inout NodeText) throws(Diagnostic) {
    repeat { text.results.append(try valueName()) } while parent.scanner.take(",")
    try parent.scanner.expect("=", "after the results of a node")
    parent.scanner.skipBlanks()
    text.place = parent.scanner.here
    text.mnemonic = try parent.scanner.name("an operation")
    parent.scanner.skipBlanks()
    if parent.scanner.peek == UInt8(ascii: "%") {
      repeat { text.operands.append(try valueName()) } while parent.scanner.take(",")
    }
    if parent.scanner.take("{") { text.attributes = try parent.attributes() }
    try parent.scanner.expect(":", "and the result type of \(text.mnemonic)")
    if parent.scanner.take("(") {
      repeat { text.types.append(try parent.type()) } while parent.scanner.take(",")
      try parent.scanner.expect(")", "or ',' after a result type")
    } else {
      text.types.append(try parent.type())
    }
    if parent.scanner.take(word: "loc") { text.provenance = try parent.location() }
    text.isComplete = true
  }

  private mutating func valueName() throws(Diagnostic) -> (String, SourceLocation) {
    try parent.scanner.expect("%", "before a value's name")
    let place = parent.scanner.here
    return (try parent.scanner.name("a value's name"), place)
  }

  private mutating func append(_ text: NodeText, at start: SourceLocation) throws(Diagnostic) {
    var operands: [ValueID] = []
    operands.reserveCapacity(text.operands.count)
    for operand in text.operands {
      guard let value = values[operand.name] else { throw undefined(operand.name, at: operand.place, text.mnemonic) }
      operands.append(value)
    }
    if text.types.count != text.results.count {
      throw Diagnostic(
        .badData, "\(text.mnemonic) names \(text.results.count) results and gives \(text.types.count) types")
    }
    var reader = AttributeReader(text.attributes, resultTypes: text.types)
    guard let op = try Op.parse(text.mnemonic, &reader) else {
      let near = nearest(text.mnemonic, among: Op.mnemonics).map { ["did you mean \($0)?"] } ?? []
      throw Diagnostic(.badData, "unknown operation '\(text.mnemonic)'", notes: near)
    }
    do {
      try reader.finish(text.mnemonic)
    } catch {
      let known = op.attributes.map(\.name).joined(separator: ", ")
      throw Diagnostic(error.code, error.message, notes: ["expected: \(known.isEmpty ? "no attributes" : known)"])
    }
    let results = function.addNode(op, operands, types: text.types, text.provenance)
    for (result, value) in zip(text.results, results) where !values.define(result.name, as: value) {
      throw parent.scanner.error("%\(result.name) is defined twice", at: result.place)
    }
    nodeLocations.append(start)
  }

  /// The layer path in a `loc("…")` further on in the line, for a node that could not be read.
  private func layerAhead() -> String {
    let bytes = parent.scanner.bytes
    let rest = bytes[parent.scanner.position...].prefix { $0 != UInt8(ascii: "\n") }
    let mark = Array("loc(\"".utf8)
    guard rest.count > mark.count else { return "" }
    for start in rest.startIndex..<(rest.endIndex - mark.count)
    where rest[start..<start + mark.count].elementsEqual(mark) {
      return String(decoding: rest[(start + mark.count)...].prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }
    return ""
  }
}
