import Contract
import Glibc
import Testing

/// The samples beside these tests.
let samples = directoryName(#filePath) + "/Samples/"

/// The public records and tokenizer that some machines keep beside the package.
let sharedData = directoryName(directoryName(directoryName(directoryName(#filePath)))) + "/shared/data/"

/// A folder that goes when its owner does.
final class ScratchFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/records-tests-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    path = String(cString: made)
  }

  deinit { removeTree(path) }

  /// Writes a file and returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    try makeDirectory(directoryName(file))
    try AtomicFile.write(bytes, to: file)
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }
}

/// Expects `body` to throw a diagnostic of one line with `code` whose text holds `parts`.
func expectDiagnostic(
  _ code: ExitCode, _ parts: String..., sourceLocation: Testing.SourceLocation = #_sourceLocation,
  _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("no error was thrown", sourceLocation: sourceLocation)
  } catch let diagnostic as Diagnostic {
    let text = diagnostic.description
    #expect(diagnostic.code == code, "\(text)", sourceLocation: sourceLocation)
    #expect(!text.contains("\n"), "\(text)", sourceLocation: sourceLocation)
    for part in parts { #expect(text.contains(part), "\(text)", sourceLocation: sourceLocation) }
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}
