import Support

/// The records of a `training.csv` (columns `image_path`, `report_content`, others ignored): an image and its report each.
public struct TrainingList: Sendable {
  /// One record of the list.
  public struct Record: Sendable, Hashable {
    /// As the list writes it.
    public var imagePath: String
    public var report: String
    /// The line of the list where the record begins.
    public var line: Int
  }

  /// The list as the user named it.
  public let file: String
  /// The folder that relative image paths start from: that of the list.
  public let folder: String
  /// The texts of all records end to end: image path, report, image path, ...
  private var text: [UInt8] = []
  /// Ends in `text`, two for each record.
  private var ends: [Int] = []
  private var lines: [Int32] = []

  /// Reads the list and looks for every image it names.
  /// `noInput`: the list or an image is absent; `badData`: malformed, a column missing, an empty path, or no records.
  public init(path: String) throws(Diagnostic) {
    var reader = try CSVReader(path: path)
    file = path
    folder = directoryName(path)
    let images = try reader.column("image_path")
    let reports = try reader.column("report_content")
    while let row = try reader.next() {
      append(trimmingSpace(row.fields[images]), row.fields[reports], line: row.line)
    }
    guard count > 0 else {
      throw Diagnostic(.badData, at: SourceLocation(file: file), "lists no records")
    }
    for index in 0..<count { try checkImage(index) }
  }

  private mutating func append(_ imagePath: String, _ report: String, line: Int) {
    text.append(contentsOf: imagePath.utf8)
    ends.append(text.count)
    text.append(contentsOf: report.utf8)
    ends.append(text.count)
    lines.append(Int32(line))
  }

  /// The number of records.
  public var count: Int { lines.count }

  /// The record at `index`, 0 ..< `count`, in the order of the file.
  public subscript(index: Int) -> Record {
    Record(imagePath: piece(2 * index), report: piece(2 * index + 1), line: Int(lines[index]))
  }

  /// Where the list names record `index`.
  public func location(of index: Int) -> SourceLocation {
    SourceLocation(file: file, line: Int(lines[index]))
  }

  /// The path under which the image of record `index` can be opened.
  public func imageFile(of index: Int) -> String {
    let path = piece(2 * index)
    return path.utf8.first == UInt8(ascii: "/") || folder == "." ? path : folder + "/" + path
  }

  /// 16 hexadecimal digits that change when a path, a report or their order does: tells a resumed run that its data
  /// is another.
  public func fingerprint() -> String {
    var hash = StableHash()
    hash.update(text)
    ends.withUnsafeBytes { hash.update($0) }
    return hash.hex
  }

  private func piece(_ number: Int) -> String {
    String(decoding: text[(number == 0 ? 0 : ends[number - 1])..<ends[number]], as: UTF8.self)
  }

  private func checkImage(_ index: Int) throws(Diagnostic) {
    let path = piece(2 * index)
    if path.isEmpty {
      throw Diagnostic(.badData, at: location(of: index), "image_path is empty")
    }
    switch fileKind(imageFile(of: index)) {
    case .file: return
    case .directory, .other:
      throw Diagnostic(
        .badData, at: location(of: index), "image \(path) is a directory, pipe or device, expected a file")
    case .absent:
      throw Diagnostic(
        .noInput, at: location(of: index), "image \(path) does not exist; image paths are relative to \(folder)/")
    }
  }
}
