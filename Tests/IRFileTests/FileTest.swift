import GoldenFiles
import Support

/// One `.tir` file under `IR/tests`: its first line says what to do.
struct FileTest: Sendable, CustomStringConvertible {
  let path: String
  let text: String
  let verb: String
  let arguments: [String]

  /// `IR/tests` of this package.
  static let root: String = {
    let folder = directoryName(directoryName(directoryName(#filePath)))
    return folder + "/IR/tests"
  }()

  /// Every file of every folder, sorted.
  static func all() throws -> [FileTest] {
    var tests: [FileTest] = []
    for folder in directoryEntries(root) {
      for name in directoryEntries(root + "/" + folder) where name.hasSuffix(".tir") {
        tests.append(try FileTest(path: root + "/" + folder + "/" + name))
      }
    }
    return tests
  }

  init(path: String) throws {
    self.path = path
    text = try readTextFile(path)
    let first = text.prefix { $0 != "\n" }
    guard first.hasPrefix("// RUN: ") else {
      throw Diagnostic(.badData, at: SourceLocation(file: path, line: 1), "expected '// RUN: verb …' on the first line")
    }
    let words = first.dropFirst("// RUN: ".count).split(separator: " ").map(String.init)
    verb = words.first ?? ""
    arguments = Array(words.dropFirst())
  }

  var description: String { baseName(directoryName(path)) + "/" + baseName(path) }
  /// The path without `.tir`.
  private var stem: String { String(path.dropLast(".tir".count)) }

  /// What its verb's text is compared with.
  var golden: GoldenFile { GoldenFile(stem + ".expected", name: description) }
}
