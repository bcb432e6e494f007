import Contract
import Pictures
import Testing

@Suite struct CommandTests {
  @Test func evalMeasuresAndComparesWithTheBaseline() throws {
    let fixture = try Fixture(records: 5)
    #expect(try fixture.train("run", "--steps", "4", "--lr", "0.01").code == 0)
    func eval(_ flags: String...) throws -> Finished {
      try Program.run(["eval"] + fixture.dataFlags + ["--weights", fixture("run/checkpoint-4")] + flags)
    }
    let done = try eval("--json")
    #expect(done.code == 0, "\(done.err)")
    let json = try JSON.parse(done.out, file: "out")
    #expect(json["records"]?.intValue == 5)
    #expect(json["loss_report"]?.doubleValue == 0.5)
    let image = try #require(json["loss_image"]?.doubleValue)
    #expect(json["loss"]?.doubleValue == 0.5 + image)
    let masked = try #require(json["masked_tokens"]?.intValue)
    #expect(masked > 0)
    let accuracy = try #require(json["masked_accuracy"]?.doubleValue)
    let baseline = try #require(json["baseline_accuracy"]?.doubleValue)
    #expect(accuracy <= baseline && baseline <= 1)
    #expect(try eval("--json").out == done.out)
    #expect(try eval("--json", "--threads", "1").out == done.out)
    #expect(try eval("--json", "--seed", "5").out != done.out)
    let shuffled = try JSON.parse(try eval("--json", "--shuffle-images").out, file: "out")
    #expect(shuffled["loss_image"] != json["loss_image"] && shuffled["masked_tokens"] == json["masked_tokens"])
    let text = try eval()
    #expect(text.out.contains("masked tokens") && text.out.contains("always \""))
  }

  @Test func lossesThatAreNotFiniteEndAnEvaluation() throws {
    let fixture = try Fixture(records: 5)
    let writer = try SafeTensorsWriter(
      path: fixture("nan"),
      tensors: [.init(name: "weight", dtype: .f32, shape: [4]), .init(name: "bias", dtype: .f32, shape: [1])])
    try writer.write([1, .nan, 1, 1] as [Float])
    try writer.write([0] as [Float])
    try writer.finish()
    for command in [["eval"], ["reconstruct", "-o", fixture("out.png")]] {
      let done = try Program.run(command + fixture.dataFlags + ["--weights", fixture("nan")])
      #expect(done.code == 79 && done.out.isEmpty, "\(done.err)")
      #expect(done.err.contains("image loss") && done.err.contains("training.csv:2: 0.png"), "\(done.err)")
    }
    #expect(fileKind(fixture("out.png")) == .absent)
  }

  @Test func oneRecordHasNoOtherImage() throws {
    let fixture = try Fixture()
    #expect(try fixture.train("run", "--steps", "1").code == 0)
    try fixture.writeList("training.csv", records: 1)
    let flags = ["eval"] + fixture.dataFlags + ["--weights", fixture("run/checkpoint-1")]
    #expect(try Program.run(flags).code == 0)
    let shuffled = try Program.run(flags + ["--shuffle-images"])
    #expect(shuffled.code == 64 && shuffled.err.contains("two records"), "\(shuffled.err)")
  }

  @Test func weightsThatDoNotFitAreNamed() throws {
    let fixture = try Fixture()
    func write(_ name: String, _ entries: [(String, [Int])]) throws {
      let writer = try SafeTensorsWriter(
        path: fixture(name), tensors: entries.map { .init(name: $0.0, dtype: .f32, shape: $0.1) })
      for entry in entries { try writer.write([Float](repeating: 0.5, count: entry.1.reduce(1, *))) }
      try writer.finish()
    }
    func eval(_ weights: String) throws -> Finished {
      try Program.run(["eval"] + fixture.dataFlags + ["--weights", fixture(weights)])
    }
    try write("missing", [("bias", [1])])
    let missing = try eval("missing")
    #expect(missing.code == 65 && missing.err.contains("tensor \"weight\" is missing"), "\(missing.err)")
    try write("shape", [("bias", [1]), ("weight", [2, 2])])
    let shape = try eval("shape")
    #expect(shape.code == 65 && shape.err.contains("F32 [2, 2], expected F32 [4]"), "\(shape.err)")
    #expect(try eval("none").code == 66)
    // The fixed table may be left out, an alias stands for its name, and what public files hold besides is ignored.
    try write("good", [("decoder.bias", [1]), ("weight", [4]), ("bert.pooler.dense.weight", [1])])
    #expect(try eval("good").code == 0)
    let done = try fixture.train("run", "--steps", "1", "--lr", "0", "--init-weights", fixture("good"))
    #expect(done.code == 0 && !done.err.contains("ignored"), "\(done.err)")
    let model = try SafeTensorsReader(path: fixture("run/checkpoint-1/model.safetensors"))
    #expect(try model.floats("weight") == [0.5, 0.5, 0.5, 0.5])
    let absent = try fixture.train("x", "--steps", "1", "--init-weights", fixture("missing"))
    #expect(absent.code == 65 && absent.err.contains("\"weight\""))
  }

  @Test func infoAndIRTellWhatTheProgramIs() throws {
    let info = try Program.run(["info", "--json"])
    #expect(info.code == 0 && info.err.isEmpty)
    let json = try JSON.parse(info.out, file: "info")
    #expect(json["model"]?.stringValue == "linear-probe" && json["parameters"]?.intValue == 5)
    #expect(json["memory"]?["train"]?["planned_bytes"]?.intValue != nil)
    #expect(json["machine"]?["openblas_core"]?.stringValue?.isEmpty == false)
    let forced = try Program.run(["info"], environment: ["OPENBLAS_CORETYPE=Haswell"])
    #expect(forced.code == 0 && forced.err.contains("OPENBLAS_CORETYPE=Haswell"))
    #expect(try Program.run(["ir", "--stage", "buffer"]).out == "buffer @loss {}\n")
    let unknown = try Program.run(["ir", "--stage", "llvm"])
    #expect(unknown.code == 64 && unknown.err.contains("graph, buffer"))
  }

  @Test func helpComesOnStdoutAndMistakesAreUsage() throws {
    for arguments in [["--help"], ["train", "--help"], ["help", "eval"], ["info", "-h"]] {
      let help = try Program.run(arguments)
      #expect(help.code == 0 && help.out.contains("Examples:") && help.err.isEmpty, "\(arguments)")
    }
    #expect(try Program.run(["train", "--help"]).out.contains("--warmup-epochs"))
    #expect(try Program.run(["--generate-completion-script", "bash"]).out.contains("complete"))
    #expect(try Program.run([]).code == 64)
    #expect(try Program.run(["dance"]).code == 64)
    #expect(try Program.run(["train"]).code == 64)
  }

  @Test func aProfileIsATraceAndATable() throws {
    let fixture = try Fixture()
    let done = try fixture.train("run", "--steps", "3", "--profile", fixture("trace.json"), "--quiet")
    #expect(done.code == 0 && done.err.contains("model.gradient") && done.err.contains("GFLOP/s"), "\(done.err)")
    let trace = try JSON.read(path: fixture("trace.json"))
    let events = try #require(trace["traceEvents"]?.elements)
    let kernels = events.filter { $0["cat"]?.stringValue == "kernel" }
    #expect(
      kernels.compactMap { $0["name"]?.stringValue } == [
        "model.features", "model.loss", "model.gradient", "model.update",
      ])
    #expect(kernels.allSatisfy { ($0["dur"]?.doubleValue ?? -1) > 0 && $0["ph"] == "X" })
    let whole = try #require(events.first { $0["cat"]?.stringValue == "function" })
    let last = try #require(kernels.last)
    let end = { (event: JSON) in event["ts"]!.doubleValue! + event["dur"]!.doubleValue! }
    #expect(end(last) <= end(whole) && kernels.reduce(0) { $0 + $1["dur"]!.doubleValue! } <= whole["dur"]!.doubleValue!)
    #expect(events.contains { $0["ph"] == "M" && $0["args"]?["name"]?.stringValue == "@train_step" })
  }

  @Test(arguments: ["1", "2"])
  func theProfilesSumsAddUp(_ accumulate: String) throws {
    let fixture = try Fixture(records: 12)
    let done = try fixture.train(
      "run", "--steps", "3", "--accumulate", accumulate, "--profile", fixture("trace.json"), "--quiet")
    #expect(done.code == 0, "\(done.err)")
    func milliseconds(_ name: String) throws -> Double {
      let line = try #require(done.err.split(separator: "\n").first { $0.hasSuffix("  " + name) }, "\(done.err)")
      return try #require(line.split(separator: " ").first.flatMap { Double($0) })
    }
    let parts = ["products", "kernels with products inside", "everything outside products"]
    let kernels = try parts.reduce(0) { $0 + (try milliseconds($1)) }
    #expect(abs(kernels - (try milliseconds("all kernels"))) < 0.01)
    let whole = try milliseconds("all kernels") + milliseconds("reading records") + milliseconds("between kernels")
    #expect(abs(whole - (try milliseconds("the step"))) < 0.01)
    #expect(try milliseconds("the step") > 0 && milliseconds("between kernels") > -0.01)
  }

  /// One of two threads sleeps in one kernel: the other waits for it there.
  @Test func aProfileTellsWhereThreadsWait() throws {
    let fixture = try Fixture()
    let done = try fixture.train(
      "run", "--steps", "2", "--threads", "2", "--profile", fixture("trace.json"), "--quiet",
      environment: ["TEST_KERNEL_DELAY_US=200000"])
    #expect(done.code == 0, "\(done.err)")
    let events = try #require(try JSON.read(path: fixture("trace.json"))["traceEvents"]?.elements)
    let waits = events.compactMap { $0["args"]?["waiting_us"]?.elements?.compactMap(\.doubleValue) }
    #expect(waits.count == 4 && waits.allSatisfy { $0.count == 2 && $0.allSatisfy { $0 >= 0 } }, "\(waits)")
    #expect(waits[0][1] > 160_000 && waits[0][0] < 40_000, "\(waits)")
    let line = done.err.split(separator: "\n").first { $0.hasSuffix("a thread waits for the others, in the mean") }
    let milliseconds = line?.split(separator: " ").first.flatMap { Double($0) }
    #expect(try #require(milliseconds) > 80)
  }
}

@Suite struct ReconstructTests {
  @Test func aSheetOfAllRecordsIsDrawn() throws {
    let fixture = try Fixture(records: 5)
    #expect(try fixture.train("run", "--steps", "2").code == 0)
    func reconstruct(_ flags: String...) throws -> Finished {
      try Program.run(["reconstruct"] + fixture.dataFlags + ["--weights", fixture("run/checkpoint-2")] + flags)
    }
    let done = try reconstruct("-o", fixture("out.png"), "-n", "9")
    #expect(done.code == 0, "\(done.err)")
    let png = try fixture.bytes("out.png")
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    func number(_ at: Int) -> Int { png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    #expect(number(16) == ReconstructionSheet.width && number(20) > 5 * 288)
    #expect(try reconstruct("-o", fixture("one.png"), "-n", "1").code == 0)
    #expect(try fixture.bytes("one.png").count < png.count)
    #expect(try reconstruct("-o", fixture("x.png"), "-n", "0").code == 64)
    #expect(try reconstruct("-o", fixture("no/x.png")).code == 74)
    let curves = try readTextFile(fixture("run/curves.svg"))
    #expect(curves.hasPrefix("<svg") && curves.contains("report loss"))
  }
}
