/// A line of the model's Swift source: `Models/MRM.swift:88`.
struct SourceSite: Hashable, CustomStringConvertible {
  var file: String
  var line: Int

  init(file: String, line: Int) {
    self.file = file
    self.line = line
  }

  var description: String { file.isEmpty ? "" : "\(file):\(line)" }
  var location: SourceLocation? { file.isEmpty ? nil : SourceLocation(file: file, line: line) }
}
