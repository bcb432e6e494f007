import Contract
import Glibc
import Testing

@Suite struct TrainingFailureTests {
  @Test(arguments: [(SIGTERM, Int32(143)), (SIGINT, Int32(130))])
  func aSignalCheckpointsAndTheRunContinuesExactly(signal: Int32, code: Int32) throws {
    let fixture = try Fixture()
    #expect(try fixture.train("whole", "--steps", "60", "--lr", "0.01").code == 0)
    let program = try Program.start(
      ["train"] + fixture.dataFlags + ["--output", fixture("parts"), "--steps", "60", "--lr", "0.01"],
      environment: ["TEST_KERNEL_DELAY_US=10000"])
    program.wait { ((try? fixture.log("parts"))?.count ?? 0) >= 3 }
    kill(program.process, signal)
    let stopped = try program.wait()
    #expect(stopped.code == code, "\(stopped.err)")
    let steps = try fixture.log("parts").count
    #expect(steps < 60 && fileKind(fixture("parts/checkpoint-\(steps)")) == .directory)
    #expect(try Program.run(["train", "--output", fixture("parts"), "--resume", "auto"]).code == 0)
    #expect(
      try fixture.bytes("whole/checkpoint-60/model.safetensors")
        == fixture.bytes("parts/checkpoint-60/model.safetensors"))
    #expect(try fixture.log("parts").count == 60)
  }

  @Test func aKilledRunContinuesFromItsLastCheckpoint() throws {
    let fixture = try Fixture()
    #expect(try fixture.train("whole", "--steps", "40").code == 0)
    let program = try Program.start(
      ["train"] + fixture.dataFlags + ["--output", fixture("parts"), "--steps", "40", "--save-every", "3"],
      environment: ["TEST_KERNEL_DELAY_US=10000"])
    program.wait { ((try? fixture.log("parts"))?.count ?? 0) >= 8 }
    kill(program.process, SIGKILL)
    #expect(try program.wait().code == -SIGKILL)
    // The log may end in half a line.
    let log = try readTextFile(fixture("parts/log.jsonl"))
    try AtomicFile.write(log + "{\"step\": 9", to: fixture("parts/log.jsonl"))
    let resumed = try Program.run(["train", "--output", fixture("parts"), "--resume", "auto"])
    #expect(resumed.code == 0, "\(resumed.err)")
    #expect(try fixture.log("parts").compactMap { $0["step"]?.intValue } == Array(1...40))
    #expect(
      try fixture.bytes("whole/checkpoint-40/optimizer.safetensors")
        == fixture.bytes("parts/checkpoint-40/optimizer.safetensors"))
  }

  @Test(arguments: ["1", "2"])
  func aLossThatIsNotFiniteStopsBeforeTheUpdate(accumulate: String) throws {
    let fixture = try Fixture()
    let done = try fixture.train(
      "run", "--steps", "30", "--lr", "1e25", "--warmup-steps", "3", "--save-every", "1", "--accumulate", accumulate,
      "--weight-decay", "0")
    #expect(done.code == 79, "\(done.err)")
    #expect(done.err.contains("loss is not finite") && done.err.contains("training.csv:"), "\(done.err)")
    let steps = try fixture.log("run").count
    #expect(done.err.contains("step \(steps + 1): "))
    #expect(done.err.contains("first op with values that are not finite: model.loss"), "\(done.err)")
    let model = try SafeTensorsReader(path: fixture("run/checkpoint-\(steps)/model.safetensors"))
    #expect(try model.floats("weight").allSatisfy(\.isFinite))
    #expect(fileKind(fixture("run/checkpoint-\(steps + 1)")) == .absent)
  }

  @Test func anImageFoundBadInMidRunIsCheckpointedFirst() throws {
    let fixture = try Fixture()
    let program = try Program.start(
      ["train"] + fixture.dataFlags + ["--output", fixture("run"), "--steps", "400"],
      environment: ["TEST_KERNEL_DELAY_US=5000"])
    program.wait { ((try? fixture.log("run"))?.count ?? 0) >= 3 }
    try AtomicFile.write("no image", to: fixture("4.png"))
    let done = try program.wait()
    #expect(done.code == 65, "\(done.err)")
    #expect(done.err.contains("training.csv:6: error: image 4.png"), "\(done.err)")
    let steps = try fixture.log("run").count
    #expect(steps >= 3 && fileKind(fixture("run/checkpoint-\(steps)")) == .directory)
  }

  @Test func badDataAtTheStartLeavesNothing() throws {
    let fixture = try Fixture()
    let absent = try Program.run(
      ["train", "--data", fixture("none.csv"), "--tokenizer", fixture("vocab.txt"), "--output", fixture("run")])
    #expect(absent.code == 66 && absent.err.contains("none.csv"))
    try fixture.writeList("training.csv", records: 1)
    let few = try fixture.train("run", "--steps", "2")
    #expect(few.code == 65 && few.err.contains("one batch"))
    #expect(fileKind(fixture("run")) == .absent)
    try AtomicFile.write("x", to: fixture("file"))
    try fixture.writeList("training.csv", records: 9)
    #expect(try fixture.train("file", "--steps", "2").code == 74)
    #expect(try fixture.train("file/run", "--steps", "2").code == 74)
  }

  @Test func aFullDiskLeavesTheOldCheckpoints() throws {
    let fixture = try Fixture()
    let flags = ["train"] + fixture.dataFlags + ["--output", fixture("run"), "--save-every", "2", "--quiet"]
    #expect(try Program.run(flags + ["--steps", "4"]).code == 0)
    // No file may be longer than 3000 bytes: the log fits, model.safetensors does not.
    let full = try Program.run(flags + ["--steps", "6", "--resume", "auto"], fileLimit: 3000)
    #expect(full.code == 74 && full.err.contains("model.safetensors"), "\(full.code) \(full.err)")
    let left = directoryEntries(fixture("run"))
    #expect(left.filter { $0.contains("checkpoint") } == ["checkpoint-2", "checkpoint-4"])
    #expect(left.allSatisfy { !$0.hasPrefix(".") })
    #expect(try Program.run(flags + ["--steps", "6", "--resume", "auto"]).code == 0)
  }
}
