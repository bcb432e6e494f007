import Pictures
import Support

/// A data set of phantom records: `training.csv`, `heldout.csv`, `control.csv`, lists of labels and masks for both splits
/// (`labels.csv`, `heldout-labels.csv`, `masks.csv`, `heldout-masks.csv`), `tokenizer.json`, `findings.json`, `images/` and
/// `masks/`. The control list pairs every training report with the image of another record, so that there is none of one
/// record: a model trained on it learns all that the language alone can teach.
public enum PhantomDataset {
  /// Pixels along each edge of an image unless asked otherwise.
  public static let defaultImageSide = 320

  /// How many records are held out beside `count` training records unless asked otherwise.
  public static func defaultHeldout(for count: Int) -> Int { max(8, count / 8) }

  /// The finding whose areas are written as masks.
  public static let maskedFinding = PhantomFinding.Kind.pneumothorax

  /// Writes `count` training records and `heldout` more. The same arguments always give the same bytes.
  ///
  /// The lists are written last: a directory that has `training.csv` is complete.
  /// `progress` hears (records done, records in all).
  /// Throws `usage` for a count or size out of range and for a directory that is not empty, unless `force` allows to
  /// replace an earlier phantom data set there (only the files above are touched), and `cannotWrite` when the disk is full.
  public static func write(
    to directory: String, count: Int, heldout: Int, seed: UInt64, imageSide: Int = defaultImageSide,
    style: PhantomStyle = .radiograph, force: Bool = false, threads: Int = 2, progress: (Int, Int) -> Void = { _, _ in }
  ) throws(Diagnostic) {
    try check(count: count, heldout: heldout, imageSide: imageSide)
    try PhantomDirectory(directory).prepare(force: force)
    let total = count + heldout
    var splits = [PhantomSplit(), PhantomSplit()]
    var truth: [JSON] = []
    var done = 0
    while done < total {
      let indices = Array(done..<min(done + 64, total))
      let drawn = try concurrentMap(indices, threads: threads) { (index) throws(Diagnostic) in
        try draw(PhantomRecord(seed: seed, index: index, style: style), side: imageSide, in: directory)
      }
      for (index, picture) in zip(indices, drawn) {
        let record = PhantomRecord(seed: seed, index: index, style: style)
        let path = path(index)
        splits[index < count ? 0 : 1].add(record, path: path, mask: maskPath(index))
        truth.append(
          PhantomTables.truth(record, picture, path: path, split: index < count ? "training" : "heldout"))
        progress(index + 1, total)
      }
      done += indices.count
    }
    let findings: JSON = [
      "note": .string(PhantomDirectory.note), "seed": .string("\(seed)"), "image_side": .integer(imageSide),
      "style": .string(style.rawValue), "records": .array(truth),
    ]
    try AtomicFile.write(findings.pretty, to: directory + "/findings.json")
    try AtomicFile.write(PhantomTokenizer.json.pretty, to: directory + "/tokenizer.json")
    if hasControl(count: count) { try AtomicFile.write(control(splits[0].reports), to: directory + "/control.csv") }
    for (split, prefix) in zip(splits.reversed(), ["heldout-", ""]) {
      try AtomicFile.write(split.masks, to: "\(directory)/\(prefix)masks.csv")
      try AtomicFile.write(split.labels, to: "\(directory)/\(prefix)labels.csv")
    }
    try AtomicFile.write(splits[1].records, to: directory + "/heldout.csv")
    try AtomicFile.write(splits[0].records, to: directory + "/training.csv")
  }

  /// Draws a record's picture and mask and writes them.
  private static func draw(
    _ record: PhantomRecord, side: Int, in directory: String
  ) throws(Diagnostic) -> PhantomPicture {
    let picture = PhantomPicture(record, side: side)
    try QuickFile.write(try picture.encoded(), to: directory + "/" + path(record.index))
    let mask = try PNGWriter.encode(
      picture.mask(maskedFinding), width: side, height: side, format: .grey, fast: true)
    try QuickFile.write(mask, to: directory + "/" + maskPath(record.index))
    return picture
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
  private static func path(_ index: Int) -> String { "images/" + name(index) }

  /// The mask of a record.
  private static func maskPath(_ index: Int) -> String { "masks/" + name(index) }

  private static func name(_ index: Int) -> String {
    let digits = "\(index)"
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png"
  }
}
