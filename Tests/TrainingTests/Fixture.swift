import Contract
import Glibc
import Pictures
import Testing

/// A directory with a list of records, a tokenizer and their images, small enough for the hand-written model. Goes away
/// with the value.
final class Fixture: Sendable {
  let path: String

  init(records: Int = 9) throws {
    var template = Array("/tmp/training-tests-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Diagnostic(.cannotWrite, "no temporary directory") }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let words = ["[PAD]", "[UNK]", "[CLS]", "[MASK]", "the", "heart", "lung", "is", "clear", "normal", "not", "##s"]
    try AtomicFile.write(words.joined(separator: "\n") + "\n", to: path + "/vocab.txt")
    try writeList("training.csv", records: records)
    for record in 0..<records {
      let pixels = (0..<400).map { UInt8(truncatingIfNeeded: $0 &* (record + 3) &+ record * 40) }
      try PNGWriter.write(pixels, width: 20, height: 20, format: .grey, to: path + "/\(record).png")
    }
  }

  deinit { removeTree(path) }

  func writeList(_ name: String, records: Int) throws {
    var text = "image_path,report_content\n"
    for record in 0..<records {
      text += "\(record).png,\(record % 2 == 0 ? "the heart is normal" : "the lungs the the clear")\n"
    }
    try AtomicFile.write(text, to: path + "/" + name)
  }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  var dataFlags: [String] { ["--data", self("training.csv"), "--tokenizer", self("vocab.txt")] }

  /// `train` into `run` with the flags.
  func train(_ run: String, _ flags: String..., environment: [String] = []) throws -> Finished {
    try Program.run(["train"] + dataFlags + ["--output", self(run)] + flags, environment: environment)
  }

  func bytes(_ name: String) throws -> [UInt8] { try readFile(self(name)) }

  /// The lines of a run's log.
  func log(_ run: String) throws -> [JSON] {
    try readTextFile(self(run + "/log.jsonl")).split(separator: "\n").map {
      try JSON.parse(String($0), file: "log.jsonl")
    }
  }
}

/// How a process ended.
struct Finished {
  var code: Int32
  var out: String
  var err: String
}

/// The hand-written model as a process of its own.
struct Program {
  let process: pid_t
  private let outFile: String
  private let errFile: String

  /// The executable lies beside that of the tests.
  static var executable: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let tests = String(decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
    let beside = directoryName(tests) + "/TestProgram"
    if fileKind(beside) == .file { return beside }
    // The test helper of the toolchain runs the bundle named in its arguments.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? tests
    return directoryName(bundle) + "/TestProgram"
  }

  /// `fileLimit`: the longest file the process may write, in bytes.
  static func run(_ arguments: [String], environment: [String] = [], fileLimit: Int? = nil) throws -> Finished {
    try start(arguments, environment: environment, fileLimit: fileLimit).wait()
  }

  static func start(_ arguments: [String], environment: [String] = [], fileLimit: Int? = nil) throws -> Program {
    var template = Array("/tmp/training-output-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    close(descriptor)
    let out = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let err = out + ".err"
    let limit = fileLimit.map { ["prlimit", "--fsize=\($0)"] } ?? []
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_TRUNC | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_TRUNC | O_CREAT, 0o600)
    var words: [UnsafeMutablePointer<CChar>?] = (limit + [executable] + arguments).map { strdup($0) } + [nil]
    var settings: [UnsafeMutablePointer<CChar>?] = (["PATH=/usr/bin:/bin"] + environment).map { strdup($0) } + [nil]
    if let library = getenv("LD_LIBRARY_PATH") {
      settings.insert(strdup("LD_LIBRARY_PATH=" + String(cString: library)), at: 0)
    }
    defer { for word in words + settings { free(word) } }
    var process = pid_t()
    let status = posix_spawnp(&process, limit.first ?? executable, &actions, nil, &words, &settings)
    if status != 0 { throw Diagnostic(.failure, "\(executable): \(String(cString: strerror(status)))") }
    return Program(process: process, outFile: out, errFile: err)
  }

  func wait() throws -> Finished {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let code = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    defer {
      unlink(outFile)
      unlink(errFile)
    }
    return Finished(code: code, out: try readTextFile(outFile), err: try readTextFile(errFile))
  }

  /// Waits, at most ten seconds, until `condition` holds.
  func wait(until condition: () -> Bool) {
    var turns = 0
    while !condition(), turns < 2000 {
      usleep(5000)
      turns += 1
    }
  }
}
