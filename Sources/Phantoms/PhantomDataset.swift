import Pictures
import Support

/// A data set of phantom records: `training.csv`, `heldout.csv`, `control.csv`, `tokenizer.json`, `findings.json` and
/// `images/`. The control list pairs every training report with the image of another record, so that there is none of one
/// record: a model trained on it learns all that the language alone can teach.
public enum PhantomDataset {
  /// Pixels along each edge of an image unless asked otherwise.
  public static let defaultImageSide = 320

  /// How many records are held out beside `count` training records unless asked otherwise.
  public static func defaultHeldout(for count: Int) -> Int { max(8, count / 8) }

  /// Writes `count` training records and `heldout` more. The same arguments always give the same bytes.
  ///
  /// The lists are written last: a directory that has them is complete.
  /// `progress` hears (records done, records in all).
  /// Throws `usage` for a count or size out of range and for a directory that is not empty, unless `force` allows to
  /// replace an earlier phantom data set there (only the files above are touched), and `cannotWrite` when the disk is full.
  public static func write(
    to directory: String, count: Int, heldout: Int, seed: UInt64, imageSide: Int = defaultImageSide,
    force: Bool = false, progress: (Int, Int) -> Void = { _, _ in }
  ) throws(Diagnostic) {
    try check(count: count, heldout: heldout, imageSide: imageSide)
    try PhantomDirectory(directory).prepare(force: force)
    var lists = [PhantomTables.header + "\n", PhantomTables.header + "\n"]
    var truth: [JSON] = []
    var reports: [String] = []
    let total = count + heldout
    for index in 0..<total {
      let record = PhantomRecord(seed: seed, index: index)
      let picture = PhantomPicture(record, side: imageSide)
      let path = path(index)
      let png = try PNGWriter.encode(
        picture.pixels, width: imageSide, height: imageSide, palette: picture.palette, fast: true)
      try QuickFile.write(png, to: directory + "/" + path)
      let split = index < count ? 0 : 1
      lists[split] += PhantomTables.row(path, record.report)
      if split == 0 { reports.append(record.report) }
      truth.append(
        PhantomTables.truth(record, picture, path: path, split: split == 0 ? "training" : "heldout"))
      progress(index + 1, total)
    }
    let findings: JSON = [
      "note": .string(PhantomDirectory.note), "seed": .string("\(seed)"), "image_side": .integer(imageSide),
      "records": .array(truth),
    ]
    try AtomicFile.write(findings.pretty, to: directory + "/findings.json")
    try AtomicFile.write(PhantomTokenizer.json.pretty, to: directory + "/tokenizer.json")
    if hasControl(count: count) { try AtomicFile.write(control(reports), to: directory + "/control.csv") }
    try AtomicFile.write(lists[1], to: directory + "/heldout.csv")
    try AtomicFile.write(lists[0], to: directory + "/training.csv")
  }

  /// Whether a data set has a control list: one record has no other whose image it could take.
  public static func hasControl(count: Int) -> Bool { count > 1 }

  /// Each report with the image of the record half the list away.
  private static func control(_ reports: [String]) -> String {
    let rows = reports.indices.map { index in
      PhantomTables.row(path((index + reports.count / 2) % reports.count), reports[index])
    }
    return PhantomTables.header + "\n" + rows.joined()
  }

  private static func check(count: Int, heldout: Int, imageSide: Int) throws(Diagnostic) {
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

  /// The image of a record. Six digits, so that names sort in the order of records.
  private static func path(_ index: Int) -> String {
    let digits = "\(index)"
    return "images/" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png"
  }
}
