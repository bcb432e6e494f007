import Contract
import Pictures
import Testing

@Suite struct ClassifierTests {
  private func fixture() throws -> Fixture {
    let fixture = try Fixture(records: 1)
    try fixture.writeFindings("findings.csv", records: 20)
    return fixture
  }

  @Test func aTaskWithoutTextsTakesNoTokenizer() throws {
    let fixture = try fixture()
    let done = try fixture.trainClassifier("run", "--save-every", "5")
    #expect(done.code == 0, "\(done.err)")
    let log = try fixture.log("run")
    #expect(log.count == 12)
    #expect(
      log[0].members?.map(\.key) == [
        "step", "epoch", "loss", "lr", "grad_norm", "images_per_s", "data_wait_s", "rss_bytes",
      ])
    // The clock runs ahead: half of the peak at once, nothing at the end.
    #expect(log[0]["lr"]?.doubleValue == 0.25 && log[1]["lr"]?.doubleValue == 0.5)
    #expect(log[11]["lr"]?.doubleValue == 0 && log[0]["grad_norm"]?.isNull == true)
    let optimizer = try SafeTensorsReader(path: fixture("run/checkpoint-12/optimizer.safetensors"))
    #expect(optimizer.tensors.map(\.name) == ["momentum.head.weight"])
    let refused = try fixture.trainClassifier("x", "--tokenizer", fixture("vocab.txt"))
    #expect(refused.code == 64 && refused.err.contains("reads no texts"), "\(refused.err)")
    let missing = try Program.run(["train", "--data", fixture("training.csv"), "--output", fixture("x")])
    #expect(missing.code == 64 && missing.err.contains("--tokenizer is missing"), "\(missing.err)")
    #expect(fileKind(fixture("x")) == .absent)
  }

  @Test func hyperparametersAreFlags() throws {
    let fixture = try fixture()
    let standard = try fixture.trainClassifier("a")
    #expect(standard.code == 0, "\(standard.err)")
    #expect(try fixture.trainClassifier("b", "--momentum", "0.9").code == 0)
    #expect(try fixture.trainClassifier("c", "--momentum=0.5").code == 0)
    let file = "checkpoint-12/model.safetensors"
    #expect(try fixture.bytes("a/" + file) == fixture.bytes("b/" + file))
    #expect(try fixture.bytes("a/" + file) != fixture.bytes("c/" + file))
    func momentum(_ run: String) throws -> Double? {
      try JSON.read(path: fixture(run + "/config.json"))["train"]?["momentum"]?.doubleValue
    }
    #expect(try momentum("a") == 0.9 && momentum("c") == 0.5)
    #expect(try fixture.classify("train", "--output", fixture("c"), "--resume", "auto").code == 0)
    #expect(try momentum("c") == 0.5)
    for (value, text) in [("-1", "--momentum -1: expected 0 or more"), ("much", "--momentum much: expected a number")] {
      let bad = try fixture.trainClassifier("x", "--momentum", value)
      #expect(bad.code == 64 && bad.err.contains(text), "\(bad.err)")
    }
    let other = try fixture.trainClassifier("x", "--weight-decay", "0.1")
    #expect(other.code == 64 && other.err.contains("weight-decay"), "\(other.err)")
    let help = try fixture.classify("train", "--help")
    #expect(help.out.contains("--momentum NUMBER") && help.out.contains("(default: 0.9)"), "\(help.out)")
    #expect(!help.out.contains("--hyper"))
    #expect(try Program.run(["train", "--help"]).out.contains("--weight-decay NUMBER"))
  }

  @Test func recipesAreFlagsByName() throws {
    let fixture = try Fixture()
    let recipe = try fixture.train("a", "--recipe", "short")
    #expect(
      recipe.code == 0 && recipe.err.contains("recipe short: --steps 4 --lr 0.01 --weight-decay 0.25"), "\(recipe.err)")
    #expect(try fixture.train("b", "--steps", "4", "--lr", "0.01", "--weight-decay", "0.25").code == 0)
    #expect(try fixture.bytes("a/checkpoint-4/model.safetensors") == fixture.bytes("b/checkpoint-4/model.safetensors"))
    let own = try fixture.train("c", "--recipe=short", "--epochs", "1", "--blr", "1", "--weight-decay", "0")
    #expect(own.code == 0 && own.err.contains("recipe short: \n"), "\(own.err)")
    let train = try JSON.read(path: fixture("c/config.json"))["train"]
    #expect(
      train?["epochs"]?.doubleValue == 1 && train?["lr"]?.isNull == true && train?["weight_decay"]?.doubleValue == 0)
    let unknown = try fixture.train("x", "--recipe", "long")
    #expect(unknown.code == 64 && unknown.err.contains("there are: short"), "\(unknown.err)")
    let none = try fixture.classify("train", "--recipe", "short", "--output", fixture("x"))
    #expect(none.code == 64 && none.err.contains("this program has none"), "\(none.err)")
  }

  @Test func aBranchMayBeAbsentAsAWhole() throws {
    let fixture = try Fixture()
    func write(_ name: String, _ tensors: [(String, Int)]) throws {
      let writer = try SafeTensorsWriter(
        path: fixture(name), tensors: tensors.map { .init(name: $0.0, dtype: .f32, shape: [$0.1]) })
      for tensor in tensors { try writer.write([Float](repeating: 0.5, count: tensor.1)) }
      try writer.finish()
    }
    try write("encoder", [("weight", 4), ("other", 2)])
    let start = try fixture.train("run", "--steps", "1", "--init-weights", fixture("encoder"))
    #expect(start.code == 0 && start.err.contains("one parameter starts afresh: bias"), "\(start.err)")
    #expect(start.err.contains("ignored of \(fixture("encoder")): other"))
    // Part of a branch is no absent branch; and to evaluate, all of it must be there.
    try write("part", [("weight", 4), ("decoder.norm", 2)])
    let part = try fixture.train("x", "--steps", "1", "--init-weights", fixture("part"))
    #expect(part.code == 65 && part.err.contains("tensor \"bias\" is missing"), "\(part.err)")
    // What is of another shape is as if it were not there.
    try write("other", [("weight", 4), ("decoder.bias", 1000)])
    let other = try fixture.train("y", "--steps", "1", "--init-weights", fixture("other"))
    #expect(other.code == 0 && other.err.contains("\"decoder.bias\" is F32 [1000], expected F32 [1]"), "\(other.err)")
    let eval = try Program.run(["eval"] + fixture.dataFlags + ["--weights", fixture("encoder")])
    #expect(eval.code == 65 && eval.err.contains("tensor \"bias\" is missing"), "\(eval.err)")
  }

  @Test func fractionsOfAList() throws {
    let fixture = try fixture()
    let some = try fixture.trainClassifier("a", "--fraction", "0.3", "--steps", "3")
    #expect(some.code == 0 && some.err.contains("6 of 20 records, 3 micro-batches"), "\(some.err)")
    #expect(try fixture.trainClassifier("b", "--fraction", "0.3", "--steps", "3", "--fraction-seed", "7").code == 0)
    let file = "/checkpoint-3/state.json"
    #expect(try fixture.bytes("a" + file) != fixture.bytes("b" + file))
    let resumed = try fixture.classify("train", "--output", fixture("a"), "--resume", "auto", "--steps", "4")
    #expect(resumed.code == 0 && resumed.err.contains("6 of 20 records"), "\(resumed.err)")
    let other = try fixture.classify(
      "train", "--output", fixture("a"), "--resume", "auto", "--steps", "5", "--fraction", "0.5")
    #expect(other.code == 65 && other.err.contains("other records"), "\(other.err)")
    for (value, code) in [("0", 64), ("-0.1", 64), ("1.01", 64), ("nan", 64), ("0.05", 65)] as [(String, Int32)] {
      let bad = try fixture.trainClassifier("x", "--fraction=\(value)")
      #expect(bad.code == code, "\(value): \(bad.err)")
    }
  }

  @Test func badLabelsStopBeforeTheRunBegins() throws {
    let fixture = try fixture()
    let text = try readTextFile(fixture("findings.csv"))
    try AtomicFile.write(text + "f0.png,-1,0\n", to: fixture("findings.csv"))
    let bad = try fixture.trainClassifier("x")
    #expect(
      bad.code == 65 && bad.err.contains("findings.csv:22: error: column \"edema\" holds \"-1\""), "\(bad.err)")
    try AtomicFile.write("image_path,edema,mass\nf0.png,0,1\nf1.png,0,0\n", to: fixture("findings.csv"))
    let absent = try fixture.trainClassifier("x")
    #expect(absent.code == 65 && absent.err.contains("no record has the class \"edema\""), "\(absent.err)")
    #expect(fileKind(fixture("x")) == .absent)
  }

  // MARK: Scores

  @Test func scoresComeInTheOrderOfTheList() throws {
    let fixture = try fixture()
    #expect(try fixture.trainClassifier("run").code == 0)
    let weights = fixture("run/checkpoint-12")
    let done = try fixture.classify(
      "predict", "--data", fixture("findings.csv"), "--weights", weights, "-o", fixture("scores.csv"))
    #expect(done.code == 0 && done.out.isEmpty, "\(done.err)")
    let lines = try readTextFile(fixture("scores.csv")).split(separator: "\n").map(String.init)
    #expect(lines.count == 21 && lines[0] == "image_path,edema,mass")
    for (record, line) in lines.dropFirst().enumerated() {
      let fields = line.split(separator: ",").map(String.init)
      #expect(fields.count == 3 && fields[0] == "f\(record).png")
      #expect(fields.dropFirst().allSatisfy { Double($0).map { (0...1).contains($0) } ?? false })
    }
    // The metric that `eval` prints is that of these scores, labels that are blank left out.
    let labels = try readTextFile(fixture("findings.csv")).split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    func area(_ column: Int) -> Double {
      let pairs = zip(lines.dropFirst(), labels).compactMap { line, label in
        Double(label[column]).map { (Double(line.split(separator: ",")[column])!, $0) }
      }
      var (wins, count) = (0.0, 0.0)
      for (score, label) in pairs where label == 1 {
        for (other, isOther) in pairs where isOther == 0 {
          count += 1
          wins += score > other ? 1 : score == other ? 0.5 : 0
        }
      }
      return wins / count
    }
    let eval = try fixture.classify("eval", "--data", fixture("findings.csv"), "--weights", weights, "--json")
    let json = try JSON.parse(eval.out, file: "eval")
    #expect(json["records"]?.intValue == 20)
    #expect(abs(try #require(json["auroc.edema"]?.doubleValue) - area(1)) < 1e-12)
    #expect(abs(try #require(json["auroc.mass"]?.doubleValue) - area(2)) < 1e-12)
    #expect(abs(try #require(json["auroc"]?.doubleValue) - (area(1) + area(2)) / 2) < 1e-12)
    let row = json["auroc_report"]?["classes"]?[0]
    #expect(row?["name"]?.stringValue == "edema" && row?["auroc"]?["low"]?.doubleValue != nil)
    let text = try fixture.classify("eval", "--data", fixture("findings.csv"), "--weights", weights, "--bootstrap", "0")
    #expect(text.out.contains("AUROC") && text.out.contains("edema") && !text.out.contains("intervals"), "\(text.out)")
    // Single images; a split list; and as a stream.
    let images = try fixture.classify(
      "predict", "--image", fixture("f3.png"), fixture("f4.png"), fixture("f5.png"), "--weights", weights, "-o", "-")
    #expect(images.code == 0, "\(images.err)")
    let rows = images.out.split(separator: "\n").map(String.init)
    #expect(rows.count == 4 && rows[1] == fixture("f3.png") + lines[4].drop { $0 != "," })
    try AtomicFile.write("f3.png 0 1\r\nf4.png 1 1 \r\nf5.png 0 0", to: fixture("list.txt"))
    let split = try fixture.classify("predict", "--data", fixture("list.txt"), "--weights", weights, "-o", "-")
    #expect(
      split.out.split(separator: "\n").dropFirst().elementsEqual(lines[4...6].map { Substring($0) }), "\(split.out)")
  }

  @Test func numbersAreMeasuredByTheirErrors() throws {
    let fixture = try fixture()
    #expect(try fixture.trainClassifier("run", "--steps", "3").code == 0)
    var list = "image_path,edema,mass\n"
    for record in 0..<9 { list += "f\(record).png,\(Double(record) / 4 - 1),\(record == 3 ? "" : "0.5")\n" }
    try AtomicFile.write(list, to: fixture("numbers.csv"))
    func run(_ command: String, _ flags: String...) throws -> Finished {
      let data = ["--data", fixture("numbers.csv"), "--weights", fixture("run/checkpoint-3")]
      return try Program.run([command] + data + flags, environment: ["TEST_PROGRAM=regressor"])
    }
    let predicted = try run("predict", "-o", "-").out.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",").dropFirst().map { Double($0)! }
    }
    let done = try run("eval", "--json")
    #expect(done.code == 0, "\(done.err)")
    let json = try JSON.parse(done.out, file: "eval")
    let truth = (0..<9).map { Double($0) / 4 - 1 }
    let errors = zip(predicted, truth).map { $0[0] - $1 }
    let squares = errors.reduce(0) { $0 + $1 * $1 }
    // The mean of the truth is 0.
    let total = truth.reduce(0) { $0 + $1 * $1 }
    #expect(abs(try #require(json["r2.edema"]?.doubleValue) - (1 - squares / total)) < 1e-6)
    #expect(abs(try #require(json["rmse.edema"]?.doubleValue) - (squares / 9).squareRoot()) < 1e-6)
    let absolute = zip(predicted, 0..<9).reduce(0) { $0 + abs($1.0[1] - ($1.1 == 3 ? 0 : 0.5)) } / 9
    #expect(abs(try #require(json["mae.mass"]?.doubleValue) - absolute) < 1e-6)
    #expect(try run("eval").out.contains("R2"))
  }

  @Test func badScoresAreNoScores() throws {
    let fixture = try fixture()
    let writer = try SafeTensorsWriter(
      path: fixture("nan"), tensors: [.init(name: "head.weight", dtype: .f32, shape: [2, 4])])
    try writer.write([1, .nan, 1, 1, 1, 1, 1, 1] as [Float])
    try writer.finish()
    let done = try fixture.classify(
      "predict", "--data", fixture("findings.csv"), "--weights", fixture("nan"), "-o", fixture("scores.csv"))
    #expect(done.code == 79 && done.err.contains("findings.csv:2: f0.png"), "\(done.err)")
    #expect(fileKind(fixture("scores.csv")) == .absent)
    let none = try fixture.classify("predict", "--weights", fixture("nan"), "-o", "-")
    #expect(none.code == 64 && none.err.contains("--data LIST"), "\(none.err)")
    let absent = try fixture.classify("predict", "--image", fixture("no.png"), "--weights", fixture("nan"), "-o", "-")
    #expect(absent.code == 66 && absent.err.contains("no.png"), "\(absent.err)")
    #expect(try Program.run(["predict", "--weights", fixture("nan"), "-o", "-"]).code == 64)
  }

  @Test func itsPictureShowsMistakes() throws {
    let fixture = try fixture()
    #expect(try fixture.trainClassifier("run", "--steps", "1").code == 0)
    let flags = ["--data", fixture("findings.csv"), "--weights", fixture("run/checkpoint-1")]
    func show(_ more: String...) throws -> Finished {
      try Program.run(["show"] + flags + more, environment: ["TEST_PROGRAM=classifier"])
    }
    let done = try show("-o", fixture("out.png"), "-n", "9")
    #expect(done.code == 0, "\(done.err)")
    #expect(try fixture.bytes("out.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let unknown = try show("-o", fixture("x.png"), "--view", "reconstruction")
    #expect(unknown.code == 64 && unknown.err.contains("there are: mistakes"), "\(unknown.err)")
    #expect(try Program.run(["reconstruct"] + flags, environment: ["TEST_PROGRAM=classifier"]).code == 64)
    let info = try fixture.classify("info")
    #expect(info.out.contains("findings: edema, mass") && info.out.contains("multi-label classification"))
    #expect(info.out.contains("--momentum 0.9") && info.out.contains("auroc, loss"))
    let bench = try fixture.classify("bench", "--runs", "1")
    #expect(bench.code == 0 && bench.out.contains("\"median_s\""), "\(bench.err)")
  }
}
