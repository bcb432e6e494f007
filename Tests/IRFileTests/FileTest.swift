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

  /// What is wrong with `observed` against the golden; nil if nothing is. MRMC_BLESS=1 makes the golden anew; a difference
  /// leaves `.observed` beside it.
  func difference(from observed: String, blessing: Bool) throws -> String? {
    let golden = stem + ".expected"
    if blessing {
      try AtomicFile.write(observed, to: golden)
      removeTree(stem + ".observed")
      return nil
    }
    if fileKind(golden) == .absent {
      return "\(self) has no golden; make it with MRMC_BLESS=1"
    }
    let expected = try readTextFile(golden)
    if expected == observed {
      removeTree(stem + ".observed")
      return nil
    }
    try AtomicFile.write(observed, to: stem + ".observed")
    let pairs = zip(
      expected.split(separator: "\n", omittingEmptySubsequences: false),
      observed.split(separator: "\n", omittingEmptySubsequences: false))
    let line = pairs.enumerated().first { $0.element.0 != $0.element.1 }
    let place =
      line.map { "line \($0.offset + 1): expected '\($0.element.0)', found '\($0.element.1)'" } ?? "its length"
    return "\(self) differs from its golden in \(place); see the .observed file, or make it anew with MRMC_BLESS=1"
  }
}
