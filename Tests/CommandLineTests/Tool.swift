import Glibc
import Support
import Testing

/// `bin/mrmc` as a subprocess.
enum Tool {
  /// What a run gave.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    /// The first line on stderr.
    var error: String { errors.split(separator: "\n").first.map(String.init) ?? "" }
  }

  /// The compiler under test: `MRMC_BIN`, which `make test` sets, else `bin/mrmc` of this checkout.
  static let path: String? = {
    if let path = getenv("MRMC_BIN") { return String(cString: path) }
    let path = packageDirectory + "/bin/mrmc"
    if fileKind(path) == .file { return path }
    print("SKIPPED: command line tests: there is no bin/mrmc; run make build")
    return nil
  }()

  static let packageDirectory = directoryName(directoryName(directoryName(#filePath)))

  /// Runs a command through the shell in `directory`; `mrmc` is the compiler.
  static func run(_ command: String, in directory: String = ".") throws -> Outcome {
    let tool = try #require(path)
    let scratch = try ScratchDirectory()
    let line =
      "cd '\(directory)' && mrmc() { '\(tool)' \"$@\"; } && { \(command)\n} > '\(scratch.path)/out' 2> '\(scratch.path)/err'"
    let status = system(line)
    return Outcome(
      status: status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f),
      output: try readTextFile(scratch.path + "/out"), errors: try readTextFile(scratch.path + "/err"))
  }
}

/// A directory of its own for each test.
final class ScratchDirectory: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/mrmc-test.XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { removeTree(path) }

  func write(_ text: String, to name: String) throws -> String {
    try AtomicFile.write(text, to: path + "/" + name)
    return path + "/" + name
  }
}

/// Tests of one process at a time: the machine's processors are few.
@Suite(.serialized, .enabled(if: Tool.path != nil)) enum CommandLineTests {}
