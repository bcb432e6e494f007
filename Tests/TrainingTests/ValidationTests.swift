import Contract
import Glibc
import Testing

@Suite struct ValidationTests {
  private func fixture() throws -> Fixture {
    let fixture = try Fixture(records: 1)
    try fixture.writeFindings("findings.csv", records: 20)
    try fixture.writeFindings("held.csv", records: 9)
    return fixture
  }

  private func valid(_ fixture: Fixture, _ more: String...) -> [String] {
    ["--valid", fixture("held.csv"), "--eval-every", "3", "--keep-best", "loss"] + more
  }

  private func train(_ fixture: Fixture, _ run: String, _ flags: [String], _ environment: [String] = []) throws
    -> Finished
  {
    try Program.run(
      ["train", "--data", fixture("findings.csv"), "--output", fixture(run)] + flags,
      environment: ["TEST_PROGRAM=classifier"] + environment)
  }

  /// The lines of the log without what depends on the machine.
  private func log(_ fixture: Fixture, _ run: String) throws -> [[JSONMember]] {
    try fixture.log(run).map { line in
      (line.members ?? []).filter { !["images_per_s", "data_wait_s", "rss_bytes"].contains($0.key) }
    }
  }

  private func evaluations(_ fixture: Fixture, _ run: String) throws -> [(step: Int, loss: Double)] {
    try fixture.log(run).compactMap { line in
      guard let valid = line["valid"] else { return nil }
      return (try #require(line["step"]?.intValue), try #require(valid["loss"]?.doubleValue))
    }
  }

  @Test func heldOutRecordsAreMeasuredAndTheBestIsKept() throws {
    let fixture = try fixture()
    let done = try train(fixture, "run", valid(fixture, "--save-every", "4", "--keep", "1"))
    #expect(done.code == 0, "\(done.err)")
    let found = try evaluations(fixture, "run")
    #expect(found.map(\.step) == [3, 6, 9, 12])
    let best = try #require(found.min { $0.loss < $1.loss })
    #expect(
      directoryEntries(fixture("run")).filter { $0.contains("-") } == ["best-\(best.step)", "checkpoint-12"])
    #expect(done.err.contains("best: step \(best.step)"), "\(done.err)")
    let eval = try fixture.classify(
      "eval", "--data", fixture("held.csv"), "--weights", fixture("run/best-\(best.step)"), "--json")
    #expect(try JSON.parse(eval.out, file: "eval")["loss"]?.doubleValue == best.loss)
    #expect(try readTextFile(fixture("run/curves.svg")).contains("loss, held out"))
    // Measuring changes nothing of the training.
    #expect(try train(fixture, "plain", []).code == 0)
    let file = "/checkpoint-12/model.safetensors"
    #expect(try fixture.bytes("run" + file) == fixture.bytes("plain" + file))
    #expect(try log(fixture, "run").filter { !$0.contains { $0.key == "valid" } } == log(fixture, "plain"))
  }

  @Test(arguments: [2, 4, 7, 10])
  func aKilledRunEndsWithTheSameBest(lines: Int) throws {
    let fixture = try fixture()
    // The rate is so high that the loss goes up and down.
    let flags = valid(fixture, "--save-every", "5", "--steps", "20", "--lr", "30", "--warmup-steps", "0")
    #expect(try train(fixture, "whole", flags).code == 0)
    let program = try Program.start(
      ["train", "--data", fixture("findings.csv"), "--output", fixture("parts")] + flags,
      environment: ["TEST_PROGRAM=classifier", "TEST_KERNEL_DELAY_US=8000"])
    program.wait { ((try? fixture.log("parts"))?.count ?? 0) >= lines }
    kill(program.process, SIGKILL)
    #expect(try program.wait().code == -SIGKILL)
    let resumed = try fixture.classify("train", "--output", fixture("parts"), "--resume", "auto")
    #expect(resumed.code == 0, "\(resumed.err)")
    #expect(directoryEntries(fixture("parts")) == directoryEntries(fixture("whole")))
    for directory in directoryEntries(fixture("whole")).filter({ $0.contains("-") }) {
      for file in ["model.safetensors", "optimizer.safetensors", "state.json"] {
        let path = "/\(directory)/\(file)"
        #expect(try fixture.bytes("whole" + path) == fixture.bytes("parts" + path), "\(path)")
      }
    }
    #expect(try log(fixture, "whole") == log(fixture, "parts"))
  }

  @Test func patienceEndsARunAtTheSameStepAgain() throws {
    let fixture = try fixture()
    // From the first evaluation on nothing gets better: the rate is zero.
    let flags = valid(fixture, "--patience", "2", "--lr", "0", "--save-every", "2", "--steps", "30")
    let done = try train(fixture, "run", flags)
    #expect(
      done.code == 0 && done.err.contains("stopped at step 9 of 30: loss is no better for 2 evaluations"), "\(done.err)"
    )
    #expect(done.out == fixture("run/checkpoint-9") + "\n")
    #expect(directoryEntries(fixture("run")).contains("best-3"))
    let again = try fixture.classify("train", "--output", fixture("run"), "--resume", "auto")
    #expect(again.code == 0 && again.err.contains("stopped at step 9"), "\(again.err)")
    removeTree(fixture("run/checkpoint-9"))
    removeTree(fixture("run/checkpoint-8"))
    let from6 = try fixture.classify("train", "--output", fixture("run"), "--resume", "auto")
    #expect(from6.code == 0 && from6.out == fixture("run/checkpoint-9") + "\n", "\(from6.err)")
    #expect(try evaluations(fixture, "run").map(\.step) == [3, 6, 9])
    let on = try fixture.classify(
      "train", "--output", fixture("run"), "--resume", "auto", "--patience", "3")
    #expect(on.code == 0 && on.out == fixture("run/checkpoint-12") + "\n", "\(on.err)")
  }

  @Test func whatWasBestOnAWayGivenUpIsSetAside() throws {
    let fixture = try fixture()
    let flags = valid(fixture, "--save-every", "2", "--lr", "0.5", "--steps", "6", "--warmup-steps", "0")
    #expect(try train(fixture, "run", flags).code == 0)
    let best = try #require(try evaluations(fixture, "run").min { $0.loss < $1.loss }?.step)
    try #require(best > 2)
    let back = try fixture.classify(
      "train", "--output", fixture("run"), "--resume", fixture("run/checkpoint-2"), "--lr", "0.1")
    #expect(back.code == 0 && back.err.contains("superseded-best-\(best)"), "\(back.err)")
    #expect(fileKind(fixture("run/superseded-best-\(best)")) == .directory)
    #expect(directoryEntries(fixture("run")).filter { $0.hasPrefix("best-") }.count == 1)
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    let fixture = try fixture()
    let held = fixture("held.csv")
    for (flags, text) in [
      (["--eval-every", "2"], "--eval-every goes with --valid"),
      (["--keep-best", "loss"], "--keep-best goes with --valid"),
      (["--patience", "2"], "--patience goes with --valid"),
      (["--valid", held, "--patience", "2"], "--patience goes with --keep-best"),
      (["--valid", held, "--keep-best", "kappa"], "this program measures auroc, average_precision, accuracy,"),
      (["--valid", held, "--eval-every", "0"], "--eval-every 0"),
      (["--valid", held, "--keep-best", "loss", "--patience", "0"], "--patience 0"),
    ] {
      let bad = try train(fixture, "x", flags)
      #expect(bad.code == 64 && bad.err.contains(text), "\(bad.err)")
    }
    let absent = try train(fixture, "x", ["--valid", fixture("none.csv")])
    #expect(absent.code == 66 && absent.err.contains("none.csv"), "\(absent.err)")
    try AtomicFile.write("image_path,edema,mass\nf0.png,0,2\n", to: fixture("bad.csv"))
    let bad = try train(fixture, "x", ["--valid", fixture("bad.csv")])
    #expect(bad.code == 65 && bad.err.contains("bad.csv:2: error: column \"mass\""), "\(bad.err)")
    #expect(fileKind(fixture("x")) == .absent)
    #expect(try train(fixture, "run", valid(fixture)).code == 0)
    try fixture.writeFindings("held.csv", records: 8)
    let other = try fixture.classify("train", "--output", fixture("run"), "--resume", "auto", "--steps", "20")
    #expect(other.code == 65 && other.err.contains("validated on other records"), "\(other.err)")
  }
}
