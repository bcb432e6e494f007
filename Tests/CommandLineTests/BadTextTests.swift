import Support
import Testing

extension CommandLineTests {
  @Suite struct BadTextTests {
    private static let head = "func @main(%x: f32[2,3]) -> (y: f32[2,3]) {\n"

    @Test(arguments: [
      (head + "  %0 = exp %x : f32[3,2]\n  return %x\n}\n", 2, "exp"),
      (head + "  %0 = add %x : f32[2,3]\n  return %0\n}\n", 2, "add"),
      (head + "  %0 = expp %x : f32[2,3]\n  return %0\n}\n", 2, "expp"),
      ("func @main(%x: f32[2,3], %x: f32[2]) -> (y: f32[2,3]) {\n  return %x\n}\n", 1, "x"),
      (head + "  %0 = exp %x : f32[2,3]  loc(\"open\n  return %0\n}\n", 2, "\""),
      (head + "  return %7\n}\n", 2, "%7"),
      (head + "  return %x\n", 3, "}"),
      ("fun @main() -> () {}\n", 1, "func"),
      (
        "func @main(%x: f32[281474976710656]) -> (y: f32[2]) {\n"
          + "  %0 = pad %x {low=[0], high=[0], interior=[16777216]} : f32[2]\n  return %0\n}\n", 2, "too large"
      ),
      (
        "func @main(%w: f32[4,2] {param, init = normal(0.02, zero_row = 4)}) -> (y: f32[4,2]) {\n  return %w\n}\n", 1,
        "zero_row = 4"
      ),
      (
        "func @main(%w: f32[1,5,4] {param, init = sincos_2d(4, 3, \"mae\")}) -> (y: f32[1,5,4]) {\n  return %w\n}\n", 1,
        "sincos_2d(4, 3)"
      ),
    ])
    func aMistakeIsNamedAtItsPlace(_ text: String, _ line: Int, _ word: String) throws {
      let scratch = try ScratchDirectory()
      let file = try scratch.write(text, to: "bad.tir")
      for command in [
        "mrmc opt \(file)", "mrmc ir \(file) --stage graph",
        "mrmc run \(file) --function main --outputs \(scratch.path)/out.safetensors",
      ] {
        let outcome = try Tool.run(command)
        #expect(outcome.status == 65, "\(command)\n\(outcome.errors)")
        #expect(outcome.error.hasPrefix("\(file):\(line):"), "\(outcome.errors)")
        #expect(outcome.error.contains(": error: "))
        #expect(outcome.errors.contains(word), "\(outcome.errors)")
      }
      #expect(fileKind(scratch.path + "/out.safetensors") == .absent)
    }

    @Test func anAbsentFileIs66() throws {
      let outcome = try Tool.run("mrmc opt /no/such/file.tir")
      #expect(outcome.status == 66)
      #expect(outcome.error.contains("/no/such/file.tir"))
    }

    @Test func textGoesThroughPipesUnchanged() throws {
      let scratch = try ScratchDirectory()
      let outcome = try Tool.run(
        "mrmc ir mrm-nano --batch 1 --stage graph > model.tir && mrmc opt - --pipeline '' -o - < model.tir | cmp - model.tir",
        in: scratch.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }
}
