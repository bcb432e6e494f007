import Support

/// A data set of phantom records: lists of reports, labels and masks, the tokenizer, the ground truth, and the pictures.
/// The control list pairs every training report with the image of another record, so that there is none of one
/// record: a model trained on it learns all that the language alone can teach.
public struct PhantomDataset: Sendable {
  /// Records to train on, 1 to a million.
  public var count: Int
  /// Records held out besides, 1 to a million.
  public var heldout: Int
  public var seed: UInt64 = 0
  /// Pixels along each edge of an image, 64 to 2048.
  public var imageSide = 320
  public var style = PhantomStyle.radiograph
  /// Threads that draw; the bytes do not depend on them.
  public var threads = 2

  /// The finding whose masks are listed; it has a mask in every record, an empty one where it is absent.
  public static let segmented = PhantomFinding.Kind.pneumothorax

  /// `heldout` nil: an eighth of `count`, at least 8.
  public init(count: Int, heldout: Int? = nil) {
    self.count = count
    self.heldout = heldout ?? max(8, count / 8)
  }

  /// Whether the data set has a control list: one record has no other whose image it could take.
  public var hasControl: Bool { count > 1 }

  /// The files, in the order in which they are named to people.
  public var contents: [String] {
    ["training.csv"] + (hasControl ? ["control.csv"] : []) + [
      "heldout.csv", "labels.csv", "heldout-labels.csv", "masks.csv", "heldout-masks.csv", "tokenizer.json",
      "findings.json", "images/", "masks/",
    ]
  }

  /// Writes the data set. The same data set always has the same bytes.
  ///
  /// The lists are written last: a directory that has `training.csv` is complete.
  /// `progress` hears (records done, records in all).
  /// Throws `usage` for a count or size out of range and for a directory that is not empty, unless `force` allows to
  /// replace an earlier phantom data set there (only its files are touched), and `cannotWrite` when the disk is full.
  public func write(
    to directory: String, force: Bool = false, progress: (Int, Int) -> Void = { _, _ in }
  ) throws(Diagnostic) {
    try check()
    try PhantomDirectory(directory).prepare(force: force)
    let total = count + heldout
    var made: [MadeRecord] = []
    made.reserveCapacity(total)
    for start in stride(from: 0, to: total, by: 64) {
      let indices = Array(start..<min(start + 64, total))
      made += try concurrentMap(indices, threads: threads) { (index) throws(Diagnostic) in
        try MadeRecord(index, of: self, in: directory)
      }
      for index in indices { progress(index + 1, total) }
    }
    try write(made, to: directory)
  }

  /// What says of the records what is true, then the lists.
  private func write(_ made: [MadeRecord], to directory: String) throws(Diagnostic) {
    func put(_ name: String, _ header: String, _ rows: [String]) throws(Diagnostic) {
      try AtomicFile.write(header + "\n" + rows.joined(), to: directory + "/" + name)
    }
    let findings: JSON = [
      "note": .string(PhantomDirectory.note), "seed": .string("\(seed)"), "style": .string(style.rawValue),
      "image_side": .integer(imageSide), "records": .array(made.map(\.truth)),
    ]
    try AtomicFile.write(findings.pretty, to: directory + "/findings.json")
    try AtomicFile.write(PhantomTokenizer.json.pretty, to: directory + "/tokenizer.json")
    let (training, held) = (Array(made[..<count]), Array(made[count...]))
    try put("heldout-masks.csv", PhantomTables.maskHeader, held.map(\.masks))
    try put("masks.csv", PhantomTables.maskHeader, training.map(\.masks))
    try put("heldout-labels.csv", PhantomTables.labelHeader, held.map(\.labels))
    try put("labels.csv", PhantomTables.labelHeader, training.map(\.labels))
    if hasControl { try put("control.csv", PhantomTables.header, control(training)) }
    try put("heldout.csv", PhantomTables.header, held.map(\.row))
    try put("training.csv", PhantomTables.header, training.map(\.row))
  }

  /// Each report with the image of the record half the list away.
  private func control(_ training: [MadeRecord]) -> [String] {
    training.indices.map { index in
      PhantomTables.row(PhantomPaths((index + count / 2) % count).image, training[index].report)
    }
  }

  private func check() throws(Diagnostic) {
    guard (1...1_000_000).contains(count) else {
      throw Diagnostic(.usage, "\(count) records cannot be made: give a number from 1 to 1000000")
    }
    guard (1...1_000_000).contains(heldout) else {
      throw Diagnostic(.usage, "\(heldout) records cannot be held out: give a number from 1 to 1000000")
    }
    guard (64...2048).contains(imageSide) else {
      throw Diagnostic(.usage, "images of \(imageSide) pixels cannot be made: give a side from 64 to 2048")
    }
  }
}
