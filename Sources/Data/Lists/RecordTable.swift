/// The records of a list: of each the columns that feeds ask for, and the line where it stands.
public struct RecordTable: Sendable {
  /// The list as the user named it.
  public let file: String
  /// The folder that relative paths start from: that of the list.
  public let folder: String
  /// The columns that are kept.
  public let columns: [String]
  private let places: [String: Int]
  /// The fields of all records end to end, record by record in the order of the columns.
  private var text: [UInt8] = []
  /// Ends in `text`, one for each field.
  private var ends: [Int] = []
  /// nil: the records are files named on the command line.
  private var lines: [Int32]?

  /// An empty table.
  init(file: String, columns: [String]) {
    self.file = file
    folder = directoryName(file)
    self.columns = columns
    places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
    lines = []
  }

  /// A record for each of some files, whose paths are the only column.
  public init(files: [String], column: String) {
    file = "--image"
    folder = "."
    columns = [column]
    places = [column: 0]
    for path in files { append([path]) }
  }

  /// `fields`: as many as there are columns.
  mutating func append(_ fields: [String], line: Int = 0) {
    for field in fields {
      text.append(contentsOf: field.utf8)
      ends.append(text.count)
    }
    lines?.append(Int32(clamping: line))
  }

  /// The number of records.
  public var count: Int { lines?.count ?? ends.count }

  /// Whether the column is kept.
  public func has(_ column: String) -> Bool { places[column] != nil }

  /// A field of record `record`, 0 ..< `count`; the column must be kept.
  public func field(_ record: Int, _ column: String) -> String {
    let number = record * columns.count + places[column]!
    return String(decoding: text[(number == 0 ? 0 : ends[number - 1])..<ends[number]], as: UTF8.self)
  }

  /// The place that names record `record`: a line of the list.
  public func location(of record: Int) -> SourceLocation {
    guard let lines else { return SourceLocation(file: field(record, columns[0])) }
    return SourceLocation(file: file, line: Int(lines[record]))
  }

  /// The path under which a file that the record names in a column can be opened.
  public func path(_ record: Int, _ column: String) -> String {
    let path = field(record, column)
    return path.utf8.first == UInt8(ascii: "/") || folder == "." ? path : folder + "/" + path
  }

  /// 16 hexadecimal digits that change when a field of a kept column or the records' order does: tells a resumed run that its
  /// data is another.
  public func fingerprint() -> String {
    var hash = StableHash()
    hash.update(text)
    ends.withUnsafeBytes { hash.update($0) }
    return hash.hex
  }

  /// Some of the records, in the order given.
  public func selecting(_ records: [Int]) -> RecordTable {
    var result = self
    result.text = []
    result.ends = []
    result.lines = lines == nil ? nil : []
    for record in records {
      result.append(columns.map { field(record, $0) }, line: lines.map { Int($0[record]) } ?? 0)
    }
    return result
  }
}
