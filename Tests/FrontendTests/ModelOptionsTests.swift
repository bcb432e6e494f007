import Frontend
import Testing

@Suite struct ModelOptionsTests {
  enum Colour: String, CaseIterable { case red, blue }

  @Test("Settings are read by type; the last of a key counts; what was asked for is kept in order")
  func reading() throws {
    let options = try ModelOptions(arguments: [
      "--batch", "4", "--set", "width=8", "--set", "width=16", "--precision", "bf16", "--set", "on=false", "--set",
      "hue=blue",
      "--set", "rate=0.50",
    ])
    #expect(options.batch == 4 && options.precision == .bf16)
    #expect(try options.integer("width", default: 2, in: 1...64) == 16)
    #expect(try options.flag("on", default: true) == false)
    #expect(try options.choice("hue", default: Colour.red) == .blue)
    #expect(try options.real("rate", default: 1) == 0.5)
    #expect(try options.real("scale", default: 3) == 3)
    #expect(options.resolved.map(\.key) == ["width", "on", "hue", "rate", "scale"])
    #expect(options.resolved.map(\.value) == ["16", "false", "blue", "0.5", "3"])
    try options.rejectUnknown()
  }

  @Test("A value that is not accepted says what is", arguments: ["0", "65", "x", "", "1.5"])
  func rejected(text: String) throws {
    let options = try ModelOptions(settings: [(key: "width", value: text)])
    let error = #expect(throws: Diagnostic.self) { try options.integer("width", default: 2, in: 1...64) }
    #expect(error?.code == .usage)
    #expect(error?.message == "option width=\(text): expected a whole number from 1 to 64")
  }

  @Test("Words other than the known are named with those")
  func choices() throws {
    let options = try ModelOptions(settings: [(key: "hue", value: "green"), (key: "on", value: "maybe")])
    let hue = #expect(throws: Diagnostic.self) { try options.choice("hue", default: Colour.red) }
    #expect(hue?.message == "option hue=green: expected red or blue")
    let flag = #expect(throws: Diagnostic.self) { try options.flag("on", default: true) }
    #expect(flag?.message == "option on=maybe: expected true or false")
  }

  @Test("A key the model does not ask for is refused when the module is begun")
  func unknownKey() throws {
    let options = try ModelOptions(settings: [(key: "with", value: "3")])
    _ = try options.integer("width", default: 2)
    let error = #expect(throws: Diagnostic.self) { _ = try ModuleBuilder("m", options) }
    #expect(error?.code == .usage && error?.message == "there is no model option 'with'")
    #expect(error?.notes.contains { $0.contains("width=2") } == true)
  }

  @Test(
    "A malformed command line is a usage error",
    arguments: [
      ["--batch"], ["--batch", "x"], ["--batch", "0"], ["--precision", "f16"], ["--set", "a"], ["--set", "=1"],
      ["--depth", "1"],
    ])
  func commandLine(arguments: [String]) {
    let error = #expect(throws: Diagnostic.self) { _ = try ModelOptions(arguments: arguments) }
    #expect(error?.code == .usage)
  }
}
