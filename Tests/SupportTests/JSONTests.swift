import Support
import Testing

@Suite struct JSONTests {
  @Test func readsEveryKindOfValueInOrder() throws {
    let text = #"{"z": [1, -2.5e1, true, null], "a": {"b": "x\n\u00e9\ud83d\ude00"}, "big": 123456789012345678901}"#
    let json = try JSON.parse(text, file: "t.json")
    #expect(json.members?.map(\.key) == ["z", "a", "big"])
    #expect(json["z"] == [1, .number(-25), true, .null])
    #expect(json["a"]?["b"]?.stringValue == "x\né😀")
    #expect(json["big"]?.doubleValue == 1.2345678901234568e20)
    #expect(json["z"]?[1]?.intValue == -25)
    #expect(json["none"] == nil)
  }

  @Test func whatIsWrittenReadsBackTheSame() throws {
    let value: JSON = [
      "text": "quote \" slash \\ tab \t bell \u{07} é", "numbers": [0, -1, 1e-05, 0.1, 3.0, 1e300],
      "nested": ["empty": .object([]), "list": [["a": 1], []]], "no": .null, "yes": true,
    ]
    #expect(try JSON.parse(value.compact, file: "c") == value)
    #expect(try JSON.parse(value.pretty, file: "p") == value)
    #expect(value.compact == value.compact)
    #expect(JSON.number(.nan).compact == "null")
    #expect(JSON.number(1e-05).compact == "1e-05")
    #expect(
      (["a": [1, 2], "b": ["c": "d"]] as JSON).pretty == "{\n  \"a\": [1,2],\n  \"b\": {\n    \"c\": \"d\"\n  }\n}\n")
  }

  @Test(arguments: [
    ("{\"a\":1,\n \"a\":2}", "f:2:2: error: the key \"a\" appears twice in one object"),
    ("[1,]", "f:1:4: error: expected a JSON value"), ("", "f:1:1: error: the JSON text ends too early"),
    ("{} x", "f:1:4: error: text after the end of the JSON value"),
    ("\"abc", "f:1:1: error: this string has no end"), ("01", "f:1:2: error: text after the end of the JSON value"),
    ("\"\\ud800\"", "f:1:4: error: a lone surrogate in a \\u escape"), ("1e999", "f:1:1: error: 1e999 is out of range"),
    ("\"\\q\"", "f:1:3: error: unknown escape in a string"), ("tru", "f:1:1: error: expected true"),
    ("{\"a\" 1}", "f:1:6: error: expected ':' after the key \"a\""), ("-", "f:1:2: error: expected a digit"),
    ("\"a\nb\"", "f:1:3: error: a control character in a string must be escaped"),
  ])
  func malformedTextIsPlaced(text: String, message: String) {
    let error = diagnostic { () throws(Diagnostic) in _ = try JSON.parse(text, file: "f") }
    #expect(error.description == message)
    #expect(error.code == .badData)
  }

  @Test func deepNestingAndBadBytesAreErrors() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(diagnostic { () throws(Diagnostic) in _ = try JSON.parse(deep, file: "f") }.message.contains("deep"))
    let bytes: [UInt8] = [0x22, 0xFF, 0x22]
    #expect(
      diagnostic { () throws(Diagnostic) in _ = try JSON.parse(bytes: bytes, file: "f") }.message.contains("UTF-8"))
  }

  @Test func aLargeVocabularyReadsQuickly() throws {
    let members = (0..<30_000).map { JSONMember("token##\($0)é", .integer($0)) }
    let start = ContinuousClock.now
    let json = try JSON.parse(JSON.object(members).compact, file: "vocabulary")
    #expect(json.members?.count == 30_000)
    #expect(ContinuousClock.now - start < .seconds(5))
  }
}
