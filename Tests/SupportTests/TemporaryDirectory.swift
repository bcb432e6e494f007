import Glibc
import Support
import Testing

/// A fresh directory that goes away with the value.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/support-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Diagnostic(.cannotWrite, "no temporary directory") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { removeTree(path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// The diagnostic the body throws; it is an error of the test when it throws none.
func diagnostic(_ body: () throws(Diagnostic) -> Void) -> Diagnostic {
  do throws(Diagnostic) {
    try body()
    Issue.record("expected a diagnostic")
    return Diagnostic(.success, "nothing was thrown")
  } catch {
    return error
  }
}
