import Support
import Testing

extension CommandLineTests {
  @Suite struct RunTests {
    private static let model = """
      func @main(
        %x: f32[2,3],
        %n: i64[]
      ) -> (y: f32[2,3], z: f32[2,3], n: i64[]) {
        %0 = add %x, %x : f32[2,3]
        %1 = mul %0, %x : f32[2,3]
        return %0, %1, %n
      }

      """

    private let scratch: ScratchDirectory
    private let file: String

    init() throws {
      scratch = try ScratchDirectory()
      file = try scratch.write(Self.model, to: "model.tir")
    }

    private func save(_ name: String, _ tensors: [(String, SafeTensors.DType, [Int], [UInt8])]) throws {
      let writer = try SafeTensorsWriter(
        path: scratch.path + "/" + name, tensors: tensors.map { .init(name: $0.0, dtype: $0.1, shape: $0.2) })
      for tensor in tensors { try writer.write(tensor.3) }
      try writer.finish()
    }

    private func bytes<Element: BitwiseCopyable>(_ values: [Element]) -> [UInt8] {
      values.withUnsafeBytes { Array($0) }
    }

    private var x: (String, SafeTensors.DType, [Int], [UInt8]) {
      ("x", .f32, [2, 3], bytes([1, 2, 3, 4, 5, -6] as [Float]))
    }

    private func run(_ more: String = "", model: String? = nil) throws -> Tool.Outcome {
      try Tool.run(
        "mrmc run \(model ?? file) --function main --inputs \(scratch.path)/in.safetensors "
          + "--outputs \(scratch.path)/out.safetensors \(more)")
    }

    @Test(arguments: ["", "-O0", "--interpret", "--threads 1", "--target-cpu x86-64-v2"])
    func resultsAreBoundByName(_ flags: String) throws {
      try save("in.safetensors", [("n", .i32, [], bytes([-7 as Int32])), x])
      let outcome = try run(flags)
      try #require(outcome.status == 0, "\(outcome.errors)")
      let reader = try SafeTensorsReader(path: scratch.path + "/out.safetensors")
      #expect(try reader.floats("y") == [2, 4, 6, 8, 10, -12])
      #expect(try reader.floats("z") == [2, 8, 18, 32, 50, 72])
      #expect(reader["n"]?.dtype == .i64)
      #expect(try reader.bytes("n") == bytes([-7 as Int64]))
      #expect(outcome.output.isEmpty)
    }

    @Test func tensorsGoThroughPipes() throws {
      try save("in.safetensors", [("n", .i32, [], bytes([-7 as Int32])), x])
      try #require(try run().status == 0)
      let expected = try readFile(scratch.path + "/out.safetensors")
      let command = "mrmc run model.tir --function main --inputs - --outputs -"
      for input in ["cat in.safetensors | \(command)", "\(command) < in.safetensors"] {
        let outcome = try Tool.run("\(input) > piped", in: scratch.path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try readFile(scratch.path + "/piped") == expected)
        removeTree(scratch.path + "/piped")
      }
      let cut = try Tool.run("head -c 40 in.safetensors | \(command) > piped", in: scratch.path)
      #expect(cut.status == 65 && cut.errors.contains("cut off"), "\(cut.errors)")
    }

    @Test func onlyF32ParametersHaveInitialValues() throws {
      let model = try scratch.write(
        "func @main(%w: f64[4] {param, init = ones}) -> (y: f64[4]) {\n  return %w\n}\n", to: "f64.tir")
      let outcome = try Tool.run("mrmc run \(model) --function main --init 0 --outputs \(scratch.path)/out")
      #expect(outcome.status == 65 && outcome.errors.contains("\"w\""), "\(outcome.errors)")
    }

    /// Code for more than the processor can do says so instead of dying of SIGILL.
    @Test func codeForAnotherProcessorIsRefused() throws {
      try save("in.safetensors", [("n", .i32, [], bytes([-7 as Int32])), x])
      let isAble = try readTextFile("/proc/cpuinfo").contains("avx512vl")
      for outcome in [
        try run("--target-cpu x86-64-v4"), try Tool.run("mrmc diff \(file) --target-cpu x86-64-v4"),
        try Tool.run("mrmc bench layernorm --shape batch=1,rows=2,width=8 -r 1 --target-cpu x86-64-v4"),
      ] {
        #expect(outcome.status == (isAble ? 0 : 1), "\(outcome.errors)")
        #expect(isAble || outcome.errors.contains("lacks avx512f"), "\(outcome.errors)")
      }
    }

    @Test func onlyWhatIsSelectedIsWritten() throws {
      try save("in.safetensors", [("n", .i64, [], bytes([1 as Int64])), x])
      let outcome = try run("--select 'z,nothing*'")
      #expect(outcome.status == 64)
      #expect(try run("--select '?'").status == 0)
      #expect(try SafeTensorsReader(path: scratch.path + "/out.safetensors").tensors.count == 3)
      #expect(try run("--select z").status == 0)
      #expect(try SafeTensorsReader(path: scratch.path + "/out.safetensors").tensors.map(\.name) == ["z"])
    }

    @Test func furtherRunsAreTimedAndProfiled() throws {
      try save("in.safetensors", [("n", .i64, [], bytes([1 as Int64])), x])
      let outcome = try run("--runs 3 --threads 2 --profile \(scratch.path)/trace.json")
      try #require(outcome.status == 0, "\(outcome.errors)")
      let row = try JSON.parse(outcome.output, file: "run")
      #expect(row["function"] == "main" && row["runs"]?.intValue == 3 && row["threads"]?.intValue == 2)
      #expect(row["seconds"]?.elements?.count == 3)
      #expect((row["median_s"]?.doubleValue ?? 0) > 0 && (row["planned_bytes"]?.intValue ?? 0) > 0)
      #expect(outcome.errors.contains("@main, one step"), "the table of kernels is on stderr")
      #expect(try JSON.read(path: scratch.path + "/trace.json")["traceEvents"]?.elements?.isEmpty == false)
      #expect(try SafeTensorsReader(path: scratch.path + "/out.safetensors").floats("y") == [2, 4, 6, 8, 10, -12])
    }

    @Test(arguments: ["--runs 0", "--runs 2 --interpret", "--profile trace.json"])
    func timingsThatCannotBeAreUsage(_ flags: String) throws {
      try save("in.safetensors", [("n", .i64, [], bytes([1 as Int64])), x])
      #expect(try run(flags).status == 64)
    }

    private func expectBad(_ words: [String], _ outcome: Tool.Outcome) {
      #expect(outcome.status == 65, "\(outcome.errors)")
      for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
      #expect(fileKind(scratch.path + "/out.safetensors") == .absent)
    }

    @Test func missingMisshapedMistypedAndExtraTensorsAreNamed() throws {
      let n: (String, SafeTensors.DType, [Int], [UInt8]) = ("n", .i64, [], bytes([1 as Int64]))
      try save("in.safetensors", [n])
      expectBad(["\"x\" is missing", "F32 [2, 3]"], try run())
      try save("in.safetensors", [n, ("x", .f32, [3, 2], x.3)])
      expectBad(["\"x\"", "F32 [3, 2]", "expected F32 [2, 3]"], try run())
      try save("in.safetensors", [n, ("x", .f64, [2, 3], bytes([Double](repeating: 0, count: 6)))])
      expectBad(["\"x\"", "F64", "expected F32 [2, 3]"], try run())
      try save("in.safetensors", [n, x, ("surprise", .f32, [1], bytes([0 as Float]))])
      expectBad(["\"surprise\""], try run())
    }

    @Test func brokenFilesAreNamed() throws {
      func header(_ json: String, _ data: Int) -> [UInt8] {
        bytes([UInt64(json.utf8.count)]) + Array(json.utf8) + [UInt8](repeating: 0, count: data)
      }
      let files: [(String, [UInt8])] = [
        ("cut off", header("{}", 0).dropLast(1) + []),
        (
          "overlap",
          header(
            #"{"x":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"n":{"dtype":"I64","shape":[],"data_offsets":[16,24]}}"#,
            24)
        ),
        ("header", bytes([UInt64(1) << 62]) + [UInt8](repeating: 32, count: 64)),
        ("JSON", header("{", 0)),
        ("data_offsets", header(#"{"x":{"dtype":"F32","shape":[2,3],"data_offsets":[0,240]}}"#, 24)),
        ("too short", []),
      ]
      for (word, contents) in files {
        try AtomicFile.write(contents, to: scratch.path + "/in.safetensors")
        expectBad([scratch.path + "/in.safetensors", word], try run())
      }
    }

    @Test func anAbsentInputIs66AndAnUnwritableOutput74() throws {
      #expect(try run().status == 66)
      try save("in.safetensors", [("n", .i64, [], bytes([1 as Int64])), x])
      let outcome = try Tool.run(
        "mrmc run \(file) --function main --inputs \(scratch.path)/in.safetensors --outputs \(scratch.path)/no/out.safetensors"
      )
      #expect(outcome.status == 74, "\(outcome.errors)")
      #expect(outcome.error.contains("/no/out.safetensors"))
      #expect(try run("--outputs /dev/full").status == 74)
    }
  }
}
