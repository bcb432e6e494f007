/// The files of one record, relative to the directory of its data set.
struct PhantomPaths {
  /// The record's number in six digits or more, so that names sort in the order of records.
  let name: String

  init(_ index: Int) {
    let digits = "\(index)"
    name = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  var image: String { "images/" + name + ".png" }

  /// The area of all findings of a kind.
  func mask(of kind: PhantomFinding.Kind) -> String { "masks/" + name + Self.ending(kind) }

  /// Whether an entry of `images/` can be of a phantom data set.
  static func isImage(_ entry: String) -> Bool { isRecord(entry, ending: ".png") }

  /// Whether an entry of `masks/` can be of a phantom data set.
  static func isMask(_ entry: String) -> Bool {
    PhantomFinding.Kind.allCases.contains { isRecord(entry, ending: ending($0)) }
  }

  private static func ending(_ kind: PhantomFinding.Kind) -> String { "-" + kind.rawValue + ".png" }

  private static func isRecord(_ entry: String, ending: String) -> Bool {
    let digits = entry.utf8.dropLast(ending.utf8.count)
    return entry.hasSuffix(ending) && digits.count >= 6 && digits.allSatisfy { (0x30...0x39).contains($0) }
  }
}
