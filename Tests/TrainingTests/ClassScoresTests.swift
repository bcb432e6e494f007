import Contract
import Testing

/// `eval` of classes: thresholds of another list, scores of a file, the picture.
@Suite struct ClassScoresTests {
  private func fixture() throws -> Fixture {
    let fixture = try Fixture(records: 1)
    try fixture.writeFindings("findings.csv", records: 20)
    return fixture
  }

  private func write(_ fixture: Fixture, _ name: String, _ lines: String...) throws -> String {
    try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: fixture(name))
    return fixture(name)
  }

  /// Scores of six records whose measures can be counted by hand; the fifth's mass is not known.
  private func scored() throws -> (fixture: Fixture, flags: [String]) {
    let fixture = try Fixture(records: 1)
    let list = try write(
      fixture, "list.csv", "image_path,edema,mass", "a,1,0", "b,0,1", "c,1,1", "d,0,0", "e,1,", "f,0,1")
    let scores = try write(
      fixture, "scores.csv", "mass,image_path,other,edema", "0.1,f,x,0.2", "0.3,a,x,0.9", "0.2,b,x,0.4", "0.8,c,x,0.4",
      "0.7,d,x,0.1", "0.9,e,x,0.6", "0.5,never,x,0.5")
    return (fixture, ["--data", list, "--scores", scores])
  }

  private func json(_ arguments: [String], _ environment: [String] = ["TEST_PROGRAM=classifier"]) throws -> JSON {
    let done = try Program.run(["eval"] + arguments + ["--json"], environment: environment)
    #expect(done.code == 0, "\(done.err)")
    return try JSON.parse(done.out, file: "eval")
  }

  @Test func scoresOfAFileAreMeasuredLikeThoseOfWeights() throws {
    let (fixture, flags) = try scored()
    defer { withExtendedLifetime(fixture) {} }
    let json = try json(flags)
    #expect(json["records"]?.intValue == 6)
    // Edema: 0.9, 0.4, 0.6 against 0.4, 0.1, 0.2: 8 pairs ahead and one tie of 9. Mass: 0.2, 0.8, 0.1 against 0.3, 0.7.
    #expect(json["auroc.edema"]?.doubleValue == 8.5 / 9 && json["auroc.mass"]?.doubleValue == 2.0 / 6)
    #expect(json["accuracy"]?.doubleValue == (5.0 / 6 + 2.0 / 5) / 2)
    #expect(json["loss"] == nil && json["auroc_thresholds_from"]?.isNull == true)
    let text = try Program.run(["eval"] + flags + ["--bootstrap", "0"], environment: ["TEST_PROGRAM=classifier"])
    #expect(text.out.contains("thresholds: 0.5\n") && !text.out.contains("loss"), "\(text.out)")
  }

  @Test func oneClassAmongSeveralIsChosen() throws {
    let (fixture, flags) = try scored()
    let list = try write(
      fixture, "class.csv", "image_path,label", "a,edema", "b,1", "c,mass", "d,mass", "e,", "f,edema")
    let json = try json(["--data", list] + flags.suffix(2), ["TEST_PROGRAM=chooser"])
    // Wrong is b alone (0.4 against 0.2). The class of e is not known.
    #expect(json["records"]?.intValue == 6 && json["accuracy"]?.doubleValue == 0.8)
    // Edema: 0.9 and 0.2 against 0.4, 0.4, 0.1; the mass of the same records: 0.2, 0.8, 0.7 against 0.3 and 0.1.
    #expect(json["auroc.edema"]?.doubleValue == 4.0 / 6 && json["auroc.mass"]?.doubleValue == 5.0 / 6)
    let interval = json["accuracy_report"]
    let (low, high) = (try #require(interval?["low"]?.doubleValue), try #require(interval?["high"]?.doubleValue))
    #expect(interval?["value"]?.doubleValue == 0.8 && (0.2...0.6).contains(low) && high == 1)
    #expect(json["f1"] == nil && json["average_precision"]?.doubleValue != nil)
  }

  @Test func whatPredictWritesGivesTheSameReport() throws {
    let fixture = try fixture()
    #expect(try fixture.trainClassifier("run", "--steps", "3").code == 0)
    let data = ["--data", fixture("findings.csv"), "--seed", "3"]
    let weights = ["--weights", fixture("run/checkpoint-3")]
    let scores = fixture("scores.csv")
    #expect(
      try Program.run(
        ["predict", "--data", data[1]] + weights + ["-o", scores], environment: ["TEST_PROGRAM=classifier"]
      ).code == 0)
    let whole = try json(data + weights)
    let again = try json(data + ["--scores", scores])
    #expect(whole["loss"]?.doubleValue != nil && whole["auroc_report"]?["seed"]?.intValue == 3)
    for member in again.members ?? [] { #expect(whole[member.key] == member.value, "\(member.key)") }
    #expect(again["auroc_report"]?["classes"]?[1]?["f1"]?["low"]?.doubleValue != nil)
    let other = try json(["--data", fixture("findings.csv"), "--scores", scores, "--seed", "4"])
    #expect(other["auroc"] == again["auroc"] && other["auroc_report"] != again["auroc_report"])
    let regression = try json(["--data", data[1], "--scores", scores], ["TEST_PROGRAM=regressor"])
    #expect(regression["r2.edema"]?.doubleValue != nil)
  }

  @Test func thresholdsAreChosenOnAnotherList() throws {
    let (fixture, flags) = try scored()
    defer { withExtendedLifetime(fixture) {} }
    // Edema: from 0.4 on three of three are found with one false alarm, from 0.6 on two with none: F1 6/7 and 4/5. Mass has
    // no positive.
    let valid = try write(fixture, "valid.csv", "image_path,edema,mass", "a,1,0", "b,0,0", "c,1,0", "d,0,0", "e,1,0")
    let json = try json(flags + ["--thresholds-from", valid])
    let classes = json["auroc_report"]?["classes"]
    #expect(classes?[0]?["threshold"]?.doubleValue == Double(Float(0.4)))
    #expect(classes?[1]?["threshold"]?.doubleValue == 0.5)
    #expect(classes?[0]?["confusion"]?["fp"]?.intValue == 1 && classes?[0]?["confusion"]?["tp"]?.intValue == 3)
    #expect(json["auroc_thresholds_from"]?.stringValue == valid)
    let text = try Program.run(
      ["eval"] + flags + ["--thresholds-from", valid], environment: ["TEST_PROGRAM=classifier"])
    #expect(
      text.out.contains("thresholds: those of the greatest F1 on \(valid); 0.5 for mass, no positive there"),
      "\(text.out)")
  }

  @Test func thresholdsWithWeightsAreThoseOfTheirScores() throws {
    let fixture = try fixture()
    try fixture.writeFindings("valid.csv", records: 13)
    #expect(try fixture.trainClassifier("run", "--steps", "3").code == 0)
    let weights = ["--weights", fixture("run/checkpoint-3")]
    let scores = fixture("scores.csv")
    let predict = ["predict", "--data", fixture("findings.csv"), "-o", scores] + weights
    #expect(try Program.run(predict, environment: ["TEST_PROGRAM=classifier"]).code == 0)
    let flags = ["--data", fixture("findings.csv"), "--thresholds-from", fixture("valid.csv")]
    let (own, read) = (try json(flags + weights), try json(flags + ["--scores", scores]))
    #expect(own["auroc_report"] == read["auroc_report"])
    #expect(own["auroc_report"]?["classes"]?[0]?["threshold"]?.doubleValue != 0.5)
  }

  @Test func thePictureHasTheCurves() throws {
    let (fixture, flags) = try scored()
    let done = try Program.run(
      ["eval"] + flags + ["--picture", fixture("roc.svg")], environment: ["TEST_PROGRAM=classifier"])
    #expect(done.code == 0, "\(done.err)")
    let svg = try readTextFile(fixture("roc.svg"))
    #expect(svg.hasPrefix("<svg") && svg.contains("ROC curves") && svg.contains("edema"))
    #expect(svg.contains("linear-classifier scores.csv, list.csv"))
    let nowhere = try Program.run(
      ["eval"] + flags + ["--picture", fixture("none/roc.svg")], environment: ["TEST_PROGRAM=classifier"])
    #expect(nowhere.code == 74 && nowhere.out.isEmpty && nowhere.err.contains("roc.svg"), "\(nowhere.err)")
  }

  @Test(arguments: [
    ("nan", "column \"edema\" holds \"nan\", expected a score"), ("", "column \"edema\" holds \"\""),
    ("inf", "column \"edema\" holds \"inf\""), ("high", "column \"edema\" holds \"high\""),
  ])
  func aScoreThatIsNoNumberIsNamed(_ value: String, _ message: String) throws {
    let (fixture, flags) = try scored()
    let scores = try write(fixture, "bad.csv", "image_path,edema,mass", "a,0.5,0.5", "b,\(value),0.5")
    let picture = ["--picture", fixture("roc.svg")]
    let done = try Program.run(
      ["eval"] + flags.prefix(2) + ["--scores", scores] + picture, environment: ["TEST_PROGRAM=classifier"])
    #expect(done.code == 65 && done.err.contains("bad.csv:3: error: \(message)"), "\(done.err)")
    #expect(done.out.isEmpty && fileKind(fixture("roc.svg")) == .absent)
  }

  @Test func scoresThatDoNotFitTheListAreNamed() throws {
    let (fixture, flags) = try scored()
    func eval(_ lines: String...) throws -> Finished {
      try AtomicFile.write(lines.joined(separator: "\r\n"), to: fixture("bad.csv"))
      return try Program.run(
        ["eval"] + flags.prefix(2) + ["--scores", fixture("bad.csv")], environment: ["TEST_PROGRAM=classifier"])
    }
    let column = try eval("image_path,edema", "a,0.5")
    #expect(column.code == 65 && column.err.contains("bad.csv:1: error: has no column \"mass\""), "\(column.err)")
    let record = try eval("image_path,edema,mass", "a,0.5,0.5", "c,0.5,0.5")
    #expect(
      record.code == 65 && record.err.contains("list.csv:3: error: \(fixture("bad.csv")) has no scores of b"),
      "\(record.err)")
    let twice = try eval("image_path,edema,mass", "a,0.5,0.5", "a,0.5,0.5", "a,0.5,0.6")
    #expect(twice.code == 65 && twice.err.contains("bad.csv:4: error: a has other scores in line 2"), "\(twice.err)")
    let fits = try eval("image_path,edema,mass", "a,0,0", "b,0,0", "c,0,0", "d,0,0", "e,0,0", "f,0,0", "a,0,0")
    #expect(fits.code == 0, "\(fits.err)")
    let none = try Program.run(
      ["eval"] + flags.prefix(2) + ["--scores", fixture("none.csv")], environment: ["TEST_PROGRAM=classifier"])
    #expect(none.code == 66, "\(none.err)")
  }

  @Test func flagsThatDoNotGoTogetherAreRefused() throws {
    let (fixture, flags) = try scored()
    func refused(_ arguments: [String], _ text: String, classifier: Bool = true) throws {
      let done = try Program.run(
        ["eval"] + arguments, environment: classifier ? ["TEST_PROGRAM=classifier"] : [])
      #expect(done.code == 64 && done.err.contains(text), "\(done.err)")
    }
    try refused(flags + ["--weights", "w"], "--weights and --scores exclude each other")
    try refused(Array(flags.prefix(2)), "--weights is missing")
    try refused(flags + ["--shuffle-images"], "--shuffle-images goes with --weights")
    try refused(flags + ["--bootstrap", "-1"], "--bootstrap")
    let probe = ["--data", fixture("list.csv"), "--weights", "w"]
    try refused(probe + ["--picture", fixture("x.svg")], "metrics are not of classes", classifier: false)
    try refused(probe + ["--thresholds-from", "v"], "metrics are not of classes", classifier: false)
    try refused(flags, "no metric that compares scores with labels", classifier: false)
    #expect(fileKind(fixture("x.svg")) == .absent)
    let help = try Program.run(["eval", "--help"])
    #expect(!help.out.contains("--thresholds-from") && !help.out.contains("--scores"), "\(help.out)")
    #expect(try fixture.classify("eval", "--help").out.contains("--thresholds-from"))
  }
}
