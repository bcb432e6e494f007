import Contract
import Testing

/// Lists and weights that do not fit a classifier: one error that names the place, nothing written.
@Suite struct BadListTests {
  private func fixture() throws -> Fixture {
    let fixture = try Fixture(records: 1)
    try fixture.writeFindings("findings.csv", records: 8)
    try writeWeights(fixture, "weights", shape: [2, 4])
    return fixture
  }

  private func writeWeights(_ fixture: Fixture, _ name: String, shape: [Int]) throws {
    let writer = try SafeTensorsWriter(
      path: fixture(name), tensors: [.init(name: "head.weight", dtype: .f32, shape: shape)])
    try writer.write((0..<shape.reduce(1, *)).map { Float($0 % 3) - 0.8 })
    try writer.finish()
  }

  private func expect(_ done: Finished, _ code: Int32, _ message: String) {
    #expect(done.code == code && done.err.contains(message) && done.out.isEmpty, "\(done.err)")
    #expect(done.err.split(separator: "\n").count { $0.contains("error:") } == 1, "\(done.err)")
  }

  @Test(arguments: ["eval", "show"])
  func aListThatIsWrongIsNamed(_ command: String) throws {
    let fixture = try fixture()
    func run(_ list: String) throws -> Finished {
      try AtomicFile.write(list, to: fixture("list.csv"))
      var words = [command, "--data", fixture("list.csv"), "--weights", fixture("weights")]
      words += [command == "show" ? "-o" : "--picture", fixture("picture")]
      return try Program.run(words, environment: ["TEST_PROGRAM=classifier"])
    }
    for (list, code, message) in [
      ("image_path,edema\nf0.png,0\n", 65, "list.csv:1: error: has no column \"mass\"; its header names"),
      ("edema,mass\n0,1\n", 65, "list.csv:1: error: has no column \"image_path\""),
      ("image_path,edema,mass,mass\nf0.png,0,1,1\n", 65, "list.csv:1: error: has 2 columns \"mass\""),
      ("image_path,edema,mass\r\nf0.png,0,1\r\nf1.png,0.5,1\r\n", 65, "list.csv:3: error: column \"edema\" holds"),
      ("image_path,edema,mass\nf0.png,0,1\nf1.png,0\n", 65, "list.csv:3: error: has 2 fields, expected 3"),
      ("image_path,edema,mass\nf0.png,0,1\nnone.png,0,1\n", 66, "list.csv:3: error: image none.png does not exist"),
      ("image_path,edema,mass\n,0,1\n", 65, "list.csv:2: error: image_path is empty"),
      ("image_path,edema,mass\n", 65, "list.csv: error: lists no records"), ("", 65, "list.csv: error: is empty"),
      ("f0.png 0 1\r\nf1.png 0\r\n", 65, "list.csv:2: error: has 1 label after the image's path, expected 2"),
      ("f0.png 0 1\r\nf1.png 0 3\r\n", 65, "list.csv:2: error: column \"mass\" holds \"3\""),
    ] as [(String, Int32, String)] {
      expect(try run(list), code, message)
    }
    #expect(fileKind(fixture("picture")) == .absent)
  }

  @Test func lineEndsAndTheMarkOfWindowsChangeNothing() throws {
    let fixture = try fixture()
    let text = try readTextFile(fixture("findings.csv"))
    func eval(_ list: String) throws -> String {
      let done = try fixture.classify("eval", "--data", fixture(list), "--weights", fixture("weights"), "--json")
      #expect(done.code == 0, "\(done.err)")
      return done.out
    }
    let windows = "\u{FEFF}" + text.split(separator: "\n").joined(separator: "\r\n") + "\r\n"
    try AtomicFile.write(windows, to: fixture("windows.csv"))
    try AtomicFile.write(text.split(separator: "\n").joined(separator: "\r"), to: fixture("old.csv"))
    let truth = try eval("findings.csv")
    #expect(truth.contains("\"records\":8"))
    #expect(try eval("windows.csv") == truth && eval("old.csv") == truth)
  }

  @Test func aSecondListIsCheckedBeforeAnythingIsDone() throws {
    let fixture = try fixture()
    try AtomicFile.write("image_path,edema,nodule\nf0.png,0,1\n", to: fixture("other.csv"))
    let message = "other.csv:1: error: has no column \"mass\"; its header names \"image_path\", \"edema\", \"nodule\""
    expect(
      try fixture.classify(
        "train", "--data", fixture("findings.csv"), "--output", fixture("run"), "--valid", fixture("other.csv")),
      65, message)
    #expect(fileKind(fixture("run")) == .absent)
    expect(
      try fixture.classify(
        "eval", "--data", fixture("findings.csv"), "--weights", fixture("weights"), "--thresholds-from",
        fixture("other.csv")), 65, message)
  }

  @Test func weightsOfAnotherModelAreNamed() throws {
    let fixture = try fixture()
    try writeWeights(fixture, "three", shape: [3, 4])
    for command in ["eval", "predict", "show"] {
      var words = [command, "--data", fixture("findings.csv"), "--weights", fixture("three")]
      if command != "eval" { words += ["-o", fixture("out")] }
      expect(
        try Program.run(words, environment: ["TEST_PROGRAM=classifier"]), 65,
        "\"head.weight\" is F32 [3, 4], expected F32 [2, 4]")
    }
    #expect(fileKind(fixture("out")) == .absent)
  }
}
