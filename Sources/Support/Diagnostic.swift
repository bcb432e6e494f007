/// A place in a text file; lines and columns count from 1.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
  /// The file as the user named it.
  public var file: String
  public var line: Int
  public var column: Int

  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file`, `file:line` or `file:line:column`: parts that are 0 are left out.
  public var description: String {
    if line == 0 { return file }
    return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
  }
}

/// One clear error: what is wrong, where, and what to do about it. The only error type the product throws.
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
  /// The exit code of a process that stops because of it.
  public var code: ExitCode
  public var location: SourceLocation?
  /// What is wrong, in one line, without the location.
  public var message: String
  /// Further lines: the op, its layer path, expected and found, what to do.
  public var notes: [String]

  public init(_ code: ExitCode, at location: SourceLocation? = nil, _ message: String, notes: [String] = []) {
    self.code = code
    self.location = location
    self.message = message
    self.notes = notes
  }

  /// `file:line:col: error: message`, then one indented line per note.
  public var description: String {
    let head = location.map { "\($0): error: \(message)" } ?? "error: \(message)"
    return ([head] + notes.map { "  " + $0 }).joined(separator: "\n")
  }
}
