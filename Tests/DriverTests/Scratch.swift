import Driver
import Glibc
import Testing

/// A directory of its own for a test.
final class Scratch: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/mrmc-driver-test.XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { removeTree(path) }
}
