import Contract
import Pictures

/// A list of images with two findings for the hand-written classifier. A bright image has the one, a dark one the other.
extension Fixture {
  /// Brightness goes round from record to record; every seventh label is blank.
  func writeFindings(_ name: String, records: Int) throws {
    var text = "image_path,edema,mass\n"
    for record in 0..<records {
      let level = record * 67 % 256
      try PNGWriter.write(
        (0..<400).map { UInt8(clamping: level + $0 % 20 - 10) }, width: 20, height: 20, format: .grey,
        to: self("f\(record).png"))
      text += "f\(record).png,\(level > 127 ? 1 : 0),\(record % 7 == 3 ? "" : level < 90 ? "1" : "0")\n"
    }
    try AtomicFile.write(text, to: self(name))
  }

  /// A command of the classifier.
  func classify(_ arguments: String..., environment: [String] = []) throws -> Finished {
    try Program.run(arguments, environment: ["TEST_PROGRAM=classifier"] + environment)
  }

  func trainClassifier(_ run: String, _ flags: String..., environment: [String] = []) throws -> Finished {
    try Program.run(
      ["train", "--data", self("findings.csv"), "--output", self(run)] + flags,
      environment: ["TEST_PROGRAM=classifier"] + environment)
  }
}
