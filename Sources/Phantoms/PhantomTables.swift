import Support

/// The tables of a phantom data set: the lists of records, labels and masks, and the ground truth.
enum PhantomTables {
  /// The header of a record list, as the public implementation reads it.
  static let header = "image_path,report_content"

  /// A field of RFC 4180: in quotes when it holds a comma, a quote or a line break.
  static func field(_ text: String) -> String {
    let special = text.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0A || byte == 0x0D
    }
    if !special { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// A line of a record list.
  static func row(_ path: String, _ report: String) -> String { field(path) + "," + field(report) + "\n" }

  /// The header of a label list.
  static let labelHeader = "image_path," + PhantomFinding.Kind.allCases.map { field($0.label) }.joined(separator: ",")

  /// A line of a label list: 1 for each kind that the record has.
  static func labels(_ record: PhantomRecord, _ path: String) -> String {
    let labels = PhantomFinding.Kind.allCases.map { kind in record.findings.contains { $0.kind == kind } ? "1" : "0" }
    return field(path) + "," + labels.joined(separator: ",") + "\n"
  }

  /// The header of a list of masks.
  static let maskHeader = "image_path,mask_path"

  /// What is true of one record, as an element of `findings.json`. Places are pixels from the top left corner.
  static func truth(
    _ record: PhantomRecord, _ picture: PhantomPicture, paths: PhantomPaths, split: String
  ) -> JSON {
    let findings = zip(record.findings, picture.places).map { finding, place -> JSON in
      [
        "kind": .string(finding.kind.rawValue), "side": .string(finding.side.rawValue),
        "zone": finding.zone.map { .string($0.rawValue) } ?? .null, "size": .string(finding.size.rawValue),
        "contrast": .string(finding.contrast.rawValue), "center": .array([pixels(place.x), pixels(place.y)]),
        "half_extent": .array([pixels(place.halfWidth), pixels(place.halfHeight)]),
        "mask": .string(paths.mask(of: finding.kind)),
      ]
    }
    let appearance = record.appearance.words.map { JSONMember($0.name, .string($0.word)) }
    return [
      "image_path": .string(paths.image), "split": .string(split), "appearance": .object(appearance),
      "findings": .array(findings),
    ]
  }

  /// Tenths of a pixel.
  private static func pixels(_ value: Float) -> JSON { .number((Double(value) * 10).rounded() / 10) }
}
