import IRText
import Support
import TensorIR
import Testing

/// Each mistake is named at its line and column, with what to do.
struct ParseErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let body: String
    let place: String
    let message: String
    var notes: [String] = []
    var testDescription: String { message }
  }

  /// Bodies of a function with argument `%image: f32[2,3]` and result `y: f32[2,3]`; the body begins on line 2.
  static let cases = [
    Case(
      body: "  %0 = transpos %image {permutation = [1,0]} : f32[3,2]  loc(\"enc.attn\" M.swift:3)", place: "2:8",
      message: "unknown operation 'transpos'",
      notes: ["did you mean transpose?", "layer: enc.attn", "built at: M.swift:3"]),
    Case(
      body: "  %0 = neg %imag : f32[2,3]", place: "2:13", message: "neg reads %imag, which is not defined before it",
      notes: ["did you mean %image?"]),
    Case(
      body: "  %0 = add %image, %1 : f32[2,3]\n  %1 = neg %image : f32[2,3]", place: "2:21",
      message: "add reads %1, which is not defined before it"),
    Case(
      body: "  %0 = neg %image : f32[2,3]\n  %0 = exp %image : f32[2,3]", place: "3:4", message: "%0 is defined twice"),
    Case(
      body: "  %0 = concat %image {axis = 0, size = 3} : f32[2,3]", place: "2:8",
      message: "concat has no attribute 'size'",
      notes: ["expected: axis"]),
    Case(
      body: "  %0 = concat %image : f32[2,3]  loc(\"head\")", place: "2:8",
      message: "attribute 'axis' must be given and be an integer", notes: ["op: concat", "layer: head"]),
    Case(
      body: "  %0 = concat %image {axis = 0, axis = 1} : f32[2,3]", place: "2:33",
      message: "attribute 'axis' is given twice"),
    Case(
      body: "  %0 = neg %image : f33[2,3]  loc(\"head\")", place: "2:21", message: "unknown element type 'f33'",
      notes: ["expected: f32, bf16, f64, i32, i64, bool", "op: neg", "layer: head"]),
    Case(body: "  %0 = neg %image : f32[2,0]", place: "2:27", message: "an axis has at least one element, found 0"),
    Case(
      body: "  %0 = neg %image\n  return %0", place: "3:3",
      message: "expected ':' and the result type of neg, found 'return'"),
    Case(
      body: "  %0 = neg %image : f32[2,3]  loc(\"head)\n  return %0", place: "2:35",
      message: "unterminated string: expected '\"' before the end of the line"),
    Case(
      body: "  %0 = constant {value = 99999999999999999999} : f32[2,3]", place: "2:26",
      message: "'99999999999999999999' does not fit 64 bits"),
    Case(
      body: "  %0 = constant {value = 1.5.2} : f32[2,3]", place: "2:26", message: "expected a number, found '1.5.2'"),
    Case(
      body: "  %0 = neg %image : f32[2,3]\n", place: "4:1", message: "missing return in @f",
      notes: ["expected: return %… (y: f32[2,3])"]),
    Case(
      body: "  return %image, %image", place: "2:9", message: "@f returns 1 value, found 2",
      notes: ["expected: return %… (y: f32[2,3])"]),
    Case(
      body: "  %0 = reshape %image : f32[6]\n  return %0", place: "3:10",
      message: "result 'y' of @f has another type than declared", notes: ["expected: f32[2,3]", "found: f32[6]"]),
    Case(
      body: "  %0, %1 = neg %image : f32[2,3]", place: "2:12", message: "neg names 2 results and gives 1 types"),
    // Found by the verifier, at the line of the node.
    Case(
      body: "  %0 = add %image : f32[2,3]  loc(\"enc\")\n  return %0", place: "2:3",
      message: "add: takes 2 operands, found 1",
      notes: ["operands: %image: f32[2,3]", "layer: enc"]),
    Case(
      body: "  %0 = neg %image : f32[2,3]\n  %1 = exp %0 : bf16[2,3]\n  return %0", place: "3:3",
      message: "exp: the result is declared otherwise than its operands give",
      notes: ["expected: f32[2,3]", "found: bf16[2,3]"]),
  ]

  @Test(arguments: cases)
  func namesThePlaceAndTheMistake(_ sample: Case) throws {
    let text = "func @f(%image: f32[2,3]) -> (y: f32[2,3]) {\n\(sample.body)\n}\n"
    let error = #expect(throws: Diagnostic.self) { try Module(parsing: text, file: "x.tir") }
    #expect(error?.message == sample.message)
    #expect(error?.location?.description == "x.tir:\(sample.place)")
    #expect(error?.code == .badData)
    for note in sample.notes { #expect(error?.notes.contains(note) == true, "\(error?.notes ?? []) lacks \(note)") }
  }

  @Test(arguments: [
    ("function @f() -> () {\n return\n}", "1:1", "expected 'func', found 'function'"),
    ("func @f() -> () {\n return\n}\nfunc @f() -> () {\n return\n}", "4:7", "two functions are named @f"),
    ("func @f(%a: f32[], %a: f32[]) -> () {\n return\n}", "1:21", "@f: two arguments are named 'a'"),
    ("func @f(%3: f32[]) -> () {\n return\n}", "1:10", "argument '3' is a number: numbers name the results of nodes"),
    ("func @f() -> () {\n return\n", "3:1", "expected '}' to end @f after its return, found the end of the file"),
    ("func @f(%a: f32[] {param, decay}) -> () {\n return\n}", "1:32", "a parameter needs 'init = …'"),
    ("func @f(%a: f32[] {param, init = uniform}) -> () {\n return\n}", "1:34", "unknown initializer 'uniform'"),
    ("module @m {a = \"\\x\"}", "1:18", "unknown escape '\\x' (\\\" \\\\ \\n \\t \\r \\u{…})"),
    (
      "module @m {a = [1, ... 5 in all]}", "1:23",
      "this list was cut short ('...') and cannot be read back; print it without elision"
    ),
    (
      "func @f(%x: f32[2], %w: f32[3]) -> (x: f32[2] alias %w) {\n return %x\n}", "1:7",
      "@f: result 'x' cannot take the memory of that argument"
    ),
    (
      "func @f(%w: f32[2]) -> (a: f32[2] alias %w, b: f32[2] alias %w) {\n return %w, %w\n}", "1:7",
      "@f: result 'b' takes the memory of an argument that another result takes"
    ),
    (
      "func @f(%w: f32[2]) -> (a: f32[2]) {\n return %w guard %w\n}", "1:7",
      "@f: a guard looks at one float"
    ),
    (
      "func @f(%a: f32[1] {param, init = ones, aliases = [\"b\"]}, %b: f32[1] {param, init = ones}) -> () {\n return\n}",
      "1:7", "@f: 'b', another name of parameter 'a', is a name of a second argument"
    ),
    (
      "func @f(%a: f32[1,5,4] {param, init = sincos_2d(4, 2, \"MAE\")}) -> () {\n return\n}", "1:7",
      "@f: parameter 'a': sincos_2d variant \"MAE\": expected mrm or mae"
    ),
    (
      "func @f() -> () {\n %0 = constant {value = inf} : i32[4]\n return\n}", "2:2",
      "constant: inf is not a value of i32"
    ),
    (
      "func @f() -> () {\n %0 = constant {value = [3000000000, 1]} : i32[2]\n return\n}", "2:2",
      "constant: 3000000000.0 is not a value of i32"
    ),
    (
      "func @f() -> () {\n %0 = constant {value = 0.5} : bool[4]\n return\n}", "2:2",
      "constant: 0.5 is not a value of bool"
    ),
    (
      "func @f() -> () {\n %0 = constant {value = 9007199254740993} : i64[4]\n return\n}", "2:7",
      "constant: 9007199254740993 is beyond 2^53"
    ),
    (
      "func @f(%x: f32[4]) -> () {\n %0 = slice %x {start = [0], limit = [4], step = 2} : f32[4]\n return\n}", "2:7",
      "attribute 'step' must be given and be a list of integers"
    ),
  ])
  func headersAreCheckedToo(_ text: String, _ place: String, _ message: String) throws {
    let error = #expect(throws: Diagnostic.self) { try Module(parsing: text, file: "x.tir") }
    #expect(
      error?.description.hasPrefix("x.tir:\(place): error: \(message)") == true, "\(error?.description ?? "none")")
  }

  /// Any prefix of a good text, and the text with any byte changed, gives an error or IR; never a trap.
  @Test func brokenTextNeverTraps() throws {
    let bytes = Array(try RoundTripTests.sample().description.utf8)
    for count in bytes.indices { _ = try? ParsedModule.parse(bytes: bytes[..<count], file: "x").verify() }
    for index in bytes.indices {
      for byte in [UInt8(ascii: "\""), UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "}"), 0, 0xFF] {
        var changed = bytes
        changed[index] = byte
        _ = try? ParsedModule.parse(bytes: changed, file: "x").verify()
      }
    }
  }
}
