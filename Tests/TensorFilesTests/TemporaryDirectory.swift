import Glibc
import Support

/// A fresh directory that goes away with the value.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/tensor-files-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Diagnostic(.cannotWrite, "no temporary directory") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { removeTree(path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }
}
