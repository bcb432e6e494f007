import Contract
import Glibc
import Testing

@Suite struct TrainingRunTests {
  @Test func aRunWritesWhatItPromises() throws {
    let fixture = try Fixture()
    let done = try fixture.train("run", "--steps", "10", "--lr", "0.05", "--save-every", "4", "--seed", "3")
    #expect(done.code == 0, "\(done.err)")
    #expect(done.out == fixture("run/checkpoint-10") + "\n")
    #expect(done.err.contains("planned memory"))
    #expect(
      directoryEntries(fixture("run"))
        == ["checkpoint-10", "checkpoint-4", "checkpoint-8", "config.json", "curves.svg", "log.jsonl"])
    #expect(
      directoryEntries(fixture("run/checkpoint-4")) == ["model.safetensors", "optimizer.safetensors", "state.json"])
    let log = try fixture.log("run")
    #expect(log.compactMap { $0["step"]?.intValue } == Array(1...10))
    #expect(
      log[0].members?.map(\.key) == [
        "step", "epoch", "loss", "loss_image", "loss_report", "lr", "grad_norm", "images_per_s", "data_wait_s",
        "rss_bytes",
      ])
    #expect(log[0]["lr"]?.doubleValue == 0)
    #expect(log[1]["lr"]?.doubleValue == 0.025)
    #expect(log[2]["lr"]?.doubleValue == 0.05)
    #expect(log[4]["epoch"]?.doubleValue == 1)
    let first = try #require(log[0]["loss"]?.doubleValue)
    let last = try #require(log[9]["loss"]?.doubleValue)
    #expect(last < first)
    let model = try SafeTensorsReader(path: fixture("run/checkpoint-10/model.safetensors"))
    #expect(model.tensors.map(\.name) == ["weight", "bias", "decoder.bias", "table"])
    #expect(try model.floats("bias") == model.floats("decoder.bias"))
    #expect(try model.floats("bias") != [0])
    #expect(try Array(model.floats("table")[..<17]) == Array(repeating: 0, count: 16) + [0])
    let config = try JSON.read(path: fixture("run/config.json"))
    #expect(config["train"]?["warmup_steps"]?.intValue == 2 && config["total_steps"]?.intValue == 10)
    let state = try readTextFile(fixture("run/checkpoint-10/state.json"))
    #expect(state.contains("\"seed\": \"3\"") && !state.contains("time"))
  }

  @Test(arguments: [1, 2])
  func aResumedRunGivesTheSameBits(accumulate: Int) throws {
    let fixture = try Fixture()
    let flags = ["--steps", "12", "--lr", "0.02", "--accumulate", "\(accumulate)", "--threads", "2"]
    func train(_ run: String, _ more: String...) throws -> Finished {
      try Program.run(["train"] + fixture.dataFlags + ["--output", fixture(run)] + flags + more)
    }
    #expect(try train("whole").code == 0)
    #expect(try train("parts", "--save-every", "5").code == 0)
    removeTree(fixture("parts/checkpoint-12"))
    removeTree(fixture("parts/checkpoint-10"))
    // No flags: the run's own settings hold.
    let resumed = try Program.run(["train", "--output", fixture("parts"), "--resume", "auto"])
    #expect(resumed.code == 0, "\(resumed.err)")
    #expect(resumed.err.contains("checkpoint-5 at step 5"))
    for file in ["model.safetensors", "optimizer.safetensors", "state.json"] {
      #expect(
        try fixture.bytes("whole/checkpoint-12/" + file) == fixture.bytes("parts/checkpoint-12/" + file), "\(file)")
    }
    func losses(_ run: String) throws -> [[JSON?]] {
      try fixture.log(run).map { line in
        ["step", "epoch", "loss", "loss_image", "lr", "grad_norm"].map { line[$0] }
      }
    }
    #expect(try losses("whole") == losses("parts"))
    #expect(try fixture.log("parts").count == 12)
  }

  @Test func resumingFromAPathAndFromAnOlderStep() throws {
    let fixture = try Fixture()
    #expect(try fixture.train("a", "--steps", "6", "--save-every", "2").code == 0)
    let older = try Program.run(
      ["train", "--output", fixture("a"), "--resume", fixture("a/checkpoint-2"), "--save-every", "2"])
    #expect(older.code == 0, "\(older.err)")
    #expect(try fixture.log("a").count == 6)
    #expect(directoryEntries(fixture("a")).filter { $0.hasPrefix(".") }.isEmpty)
    let again = try Program.run(["train", "--output", fixture("a"), "--resume", "auto"])
    #expect(again.code == 0 && again.out.contains("checkpoint-6"))
    let other = try fixture.train("b", "--steps", "6", "--resume", fixture("a/checkpoint-4"))
    #expect(other.code == 0, "\(other.err)")
    #expect(
      try fixture.bytes("a/checkpoint-6/model.safetensors") == fixture.bytes("b/checkpoint-6/model.safetensors"))
    #expect(try fixture.train("c", "--steps", "2", "--resume", "auto").code == 0)
    #expect(try fixture.train("c", "--steps", "2", "--resume", fixture("none")).code == 66)
  }

  @Test func autoFollowsTheRunAndNotWhatItGaveUp() throws {
    let fixture = try Fixture()
    #expect(try fixture.train("a", "--steps", "6", "--save-every", "1", "--lr", "0.02").code == 0)
    let old = try fixture.bytes("a/checkpoint-5/model.safetensors")
    // Another way from step 2 on, which ends at step 4 with a checkpoint of its own.
    let back = try Program.run(
      ["train", "--output", fixture("a"), "--resume", fixture("a/checkpoint-2"), "--save-every", "4", "--lr", "0.5"]
        + ["--steps", "4"])
    #expect(
      back.code == 0 && back.err.contains("superseded-3, superseded-4, superseded-5, superseded-6"), "\(back.err)")
    #expect(try fixture.bytes("a/superseded-5/model.safetensors") == old, "nothing is lost")
    // Taken up at the same step again, both of the ways that were given up stay.
    let twice = try Program.run(
      ["train", "--output", fixture("a"), "--resume", fixture("a/checkpoint-2/"), "--save-every", "4", "--lr", "0.3"]
        + ["--steps", "4"])
    #expect(twice.code == 0 && twice.err.contains("superseded-4.2"), "\(twice.err)")
    #expect(try fixture.bytes("a/superseded-5/model.safetensors") == old)
    let auto = try Program.run(
      ["train", "--output", fixture("a"), "--resume", "auto", "--steps", "5", "--warmup-steps", "0"])
    #expect(auto.code == 0 && auto.err.contains("a/checkpoint-4 at step 4"), "\(auto.err)")
    #expect(try fixture.log("a").compactMap { $0["step"]?.intValue } == Array(1...5))
    #expect(
      directoryEntries(fixture("a")).filter { $0.hasPrefix("checkpoint") }
        == ["checkpoint-1", "checkpoint-2", "checkpoint-4", "checkpoint-5"])
    #expect(try fixture.bytes("a/checkpoint-5/model.safetensors") != old)
  }

  @Test func aRunKilledBeforeItsFirstCheckpointStartsFromTheSameWeights() throws {
    let fixture = try Fixture()
    #expect(try fixture.train("a", "--steps", "2", "--lr", "0.5").code == 0)
    let weights = fixture("a/checkpoint-2")
    let first = try fixture.train("b", "--steps", "2", "--lr", "0.02", "--init-weights", weights)
    #expect(first.code == 0, "\(first.err)")
    let whole = try fixture.bytes("b/checkpoint-2/model.safetensors")
    removeTree(fixture("b/checkpoint-2"))
    for _ in 0..<2 {
      let again = try Program.run(["train", "--output", fixture("b"), "--resume", "auto"])
      #expect(again.code == 0, "\(again.err)")
      #expect(try fixture.bytes("b/checkpoint-2/model.safetensors") == whole)
    }
    #expect(try JSON.read(path: fixture("b/config.json"))["train"]?["init_weights"]?.stringValue == weights)
  }

  @Test func aCheckpointOfAnotherRunBringsItsSettings() throws {
    let fixture = try Fixture()
    #expect(try fixture.train("a", "--steps", "6", "--save-every", "2", "--lr", "0.02").code == 0)
    // With a slash as completion leaves it; and killed before a checkpoint of its own.
    for flags in [["--resume", fixture("a/checkpoint-4/")], ["--resume", "auto"]] {
      let other = try Program.run(["train", "--output", fixture("b")] + flags)
      #expect(other.code == 0 && other.err.contains("at step 4"), "\(other.err)")
      #expect(
        try fixture.bytes("a/checkpoint-6/model.safetensors") == fixture.bytes("b/checkpoint-6/model.safetensors"))
      removeTree(fixture("b/checkpoint-6"))
    }
    let warmup = try Program.run(
      ["train", "--output", fixture("c"), "--resume", fixture("a/checkpoint-4"), "--warmup-epochs", "1"])
    #expect(warmup.code == 64 && warmup.err.contains("in steps"), "\(warmup.err)")
  }

  @Test func whatDoesNotBelongTogetherIsRefused() throws {
    let fixture = try Fixture()
    #expect(try fixture.train("run", "--steps", "4").code == 0)
    let used = try fixture.train("run", "--steps", "4")
    #expect(used.code == 64 && used.err.contains("--resume auto"))
    try fixture.writeList("training.csv", records: 8)
    let data = try fixture.train("run", "--steps", "6", "--resume", "auto")
    #expect(data.code == 65 && data.err.contains("other records"))
    try fixture.writeList("training.csv", records: 9)
    #expect(try fixture.train("run", "--steps", "6", "--resume", "auto", "--seed", "9").code == 64)
    let state = try readTextFile(fixture("run/checkpoint-4/state.json"))
    let forged = state.split(separator: "\n").map { $0.contains("ir_hash") ? "  \"ir_hash\": \"feed\"," : String($0) }
    try AtomicFile.write(forged.joined(separator: "\n"), to: fixture("run/checkpoint-4/state.json"))
    let model = try fixture.train("run", "--steps", "6", "--resume", "auto")
    #expect(model.code == 65 && model.err.contains("another model"))
    try AtomicFile.write("{\"format\": 1}", to: fixture("run/checkpoint-4/state.json"))
    let broken = try fixture.train("run", "--steps", "6", "--resume", "auto")
    #expect(broken.code == 65 && broken.err.contains("state.json"))
  }

  @Test(arguments: [
    (["--steps", "0"], "--steps"), (["--epochs", "1", "--steps", "2"], "exclude"), (["--keep", "0"], "--keep"),
    (["--lr", "-1", "--steps", "2"], "--lr"), (["--threads", "0"], "--threads"), (["--nonsense"], "nonsense"),
    (["--epochs", "0.1"], "less than one step"), (["--log-format", "xml"], "log-format"),
    (["--epochs", "1e19"], "--epochs"), (["--steps", "2", "--accumulate", "9223372036854775807"], "--accumulate"),
    (["--warmup-steps", "5"], "in epochs"),
  ])
  func badFlagsAreUsageErrors(flags: [String], text: String) throws {
    let fixture = try Fixture()
    let done = try Program.run(["train"] + fixture.dataFlags + ["--output", fixture("run")] + flags)
    #expect(done.code == 64, "\(done.err)")
    #expect(done.err.contains(text), "\(done.err)")
    #expect(fileKind(fixture("run")) == .absent)
  }

  @Test func keepPrunesAndHiddenLeftoversGo() throws {
    let fixture = try Fixture()
    try makeDirectory(fixture("run/.checkpoint-9"))
    try AtomicFile.write("x", to: fixture("run/.checkpoint-9/model.safetensors"))
    let done = try fixture.train(
      "run", "--steps", "9", "--save-every", "2", "--keep", "2", "--resume", "auto", "--quiet")
    #expect(done.code == 0 && done.err.isEmpty, "\(done.err)")
    #expect(
      directoryEntries(fixture("run")) == ["checkpoint-8", "checkpoint-9", "config.json", "curves.svg", "log.jsonl"])
  }

  @Test func epochsDriveTheScheduleByTheFractionDone() throws {
    let fixture = try Fixture()
    let done = try fixture.train(
      "run", "--epochs", "3", "--warmup-epochs", "1", "--blr", "12.8", "--log-format", "json")
    #expect(done.code == 0, "\(done.err)")
    let log = try fixture.log("run")
    #expect(log.count == 12)
    let rates = log.compactMap { $0["lr"]?.doubleValue }
    #expect(rates[0] == 0 && abs(rates[1] - 0.025) < 1e-12 && abs(rates[4] - 0.1) < 1e-12)
    #expect(abs(rates[8] - 0.05) < 1e-12)
    #expect(done.err.split(separator: "\n").contains { $0.hasPrefix("{\"step\":12,") })
  }

  @Test func environmentSetsTheThreads() throws {
    let fixture = try Fixture()
    let done = try fixture.train("run", "--steps", "2", environment: ["MRM_THREADS=1"])
    #expect(done.code == 0 && done.err.contains("1 threads"))
    #expect(try fixture.train("x", "--steps", "2", environment: ["MRM_THREADS=many"]).code == 64)
  }
}
