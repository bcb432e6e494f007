/// Where a study's values were written: that decides what an error names and its exit code.
public enum StudyOrigin: Sendable, Hashable {
  /// Flags of `mrmc study`.
  case flags
  /// A study file.
  case file(String)

  /// The flag or key as an error names it.
  func name(_ word: String) -> String {
    switch self {
    case .flags: "--" + word
    case .file: word == "init" ? "inits" : word
    }
  }

  /// `usage` of a flag, `badData` of a file.
  func refusal(_ message: String, notes: [String] = []) -> Diagnostic {
    switch self {
    case .flags: Diagnostic(.usage, message, notes: notes)
    case .file(let path): Diagnostic(.badData, at: SourceLocation(file: path), message, notes: notes)
    }
  }
}
