import Support

/// A JSON value inside a description and the path that leads to it, for messages: `description.task.feeds[0].side`.
public struct JSONReader {
  public let json: JSON
  let path: String
  /// Where the text stands, if it is a file.
  let location: SourceLocation?

  /// `name`: what the whole is called in messages.
  public init(_ json: JSON, name: String, at location: SourceLocation? = nil) {
    self.json = json
    path = name
    self.location = location
  }

  private init(_ json: JSON, _ path: String, _ location: SourceLocation?) {
    self.json = json
    self.path = path
    self.location = location
  }

  func child(_ key: String) throws(Diagnostic) -> JSONReader {
    guard let value = json[key] else { throw bad("\(key) is missing") }
    return JSONReader(value, "\(path).\(key)", location)
  }

  /// nil when it is absent or null.
  func optional(_ key: String) -> JSONReader? {
    guard let value = json[key], !value.isNull else { return nil }
    return JSONReader(value, "\(path).\(key)", location)
  }

  func string() throws(Diagnostic) -> String {
    guard let value = json.stringValue else { throw bad("expected a text") }
    return value
  }

  func integer() throws(Diagnostic) -> Int {
    guard let value = json.intValue else { throw bad("expected a whole number") }
    return value
  }

  func double() throws(Diagnostic) -> Double {
    guard let value = json.doubleValue else { throw bad("expected a number") }
    return value
  }

  func string(_ key: String) throws(Diagnostic) -> String { try child(key).string() }
  func integer(_ key: String) throws(Diagnostic) -> Int { try child(key).integer() }
  func double(_ key: String) throws(Diagnostic) -> Double { try child(key).double() }

  func bool(_ key: String) throws(Diagnostic) -> Bool {
    let reader = try child(key)
    guard let value = reader.json.boolValue else { throw reader.bad("expected true or false") }
    return value
  }

  /// A whole number of at least `least` and at most 2^31 − 1.
  func size(_ key: String, least: Int = 1) throws(Diagnostic) -> Int {
    let reader = try child(key)
    let value = try reader.integer()
    guard (least...Int(Int32.max)).contains(value) else { throw reader.bad("\(value): expected \(least) or more") }
    return value
  }

  /// One word of a closed set.
  func word<Word: RawRepresentable<String> & CaseIterable>(_ key: String) throws(Diagnostic) -> Word {
    let reader = try child(key)
    let text = try reader.string()
    guard let word = Word(rawValue: text) else {
      throw reader.bad("\"\(text)\": expected \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return word
  }

  func list<Element>(
    _ key: String, _ read: (JSONReader) throws(Diagnostic) -> Element
  ) throws(Diagnostic) -> [Element] {
    let reader = try child(key)
    guard let elements = reader.json.elements else { throw reader.bad("expected a list") }
    var result: [Element] = []
    for (index, element) in elements.enumerated() {
      result.append(try read(JSONReader(element, "\(reader.path)[\(index)]", location)))
    }
    return result
  }

  func strings(_ key: String) throws(Diagnostic) -> [String] {
    try list(key) { reader throws(Diagnostic) in try reader.string() }
  }

  func doubles(_ key: String) throws(Diagnostic) -> [Double] {
    try list(key) { reader throws(Diagnostic) in try reader.double() }
  }

  func bad(_ problem: String) -> Diagnostic { Diagnostic(.badData, at: location, "\(path): \(problem)") }
}

extension JSON {
  static func strings(_ list: [String]) -> JSON { .array(list.map { .string($0) }) }
  static func numbers(_ list: [Double]) -> JSON { .array(list.map { .number($0) }) }
  static func optional(_ text: String?) -> JSON { text.map { .string($0) } ?? .null }
}
